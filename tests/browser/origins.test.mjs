// Pages whose origin http.allowed_origins does not have, and pages without one.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {call, pageFile, testBrowser, watchRequests} from '../support/browser.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const TRANSPORTS = ['websocket', 'http_stream', 'sse', 'poll'];
const LISTENERS = ['uni_websocket', 'uni_http_stream', 'uni_sse'];

const browser = await testBrowser();
const trusting = await testBrowser({args: ['--allow-file-access-from-files']});
const node = await testNode({http: {allowed_origins: [browser.origin]}});
const nobodys = await testNode();
const nulls = await testNode({http: {allowed_origins: ['null']}});
const files = await testNode({http: {allowed_origins: ['file://']}});

const options = (at, transports) =>
  ({at: at.httpUrl, token: userToken('alice'), transports, timeout: 20_000});

/** What the SDK says of an entry it could not open: docs/transports.md. */
const refused = (transport) => ({type: 'transport',
  error: {code: 2, message: 'transport closed'},
  transport: transport === 'poll' ? 'websocket' : transport});

/** Whom a node has taken so far. */
const arrivals = (at) => at.metric('centrifugo_client_connections_accepted');

describe('a page that may not connect', () => {
  const open = () => browser.open(`${browser.foreign}/index.html`);

  for (const [what, at] of [['another is allowed', node], ['nobody is', nobodys]]) {
    test(`gets in by no transport, where ${what}`, async () => {
      const tab = await open();
      for (const transports of [...TRANSPORTS.map((one) => [one]), TRANSPORTS])
        assert.deepEqual(await call(tab, 'failToConnect', 'it', options(at, transports)),
          {state: 'connecting', errors: transports.map(refused)}, transports.join());
      assert.equal(await arrivals(at), 0);
      await tab.close();
    });

    test(`listens by none, where ${what}`, async () => {
      const tab = await open();
      const request = {token: userToken('alice', {channels: ['chat:news']})};
      const json = {'Content-Type': 'application/json'};
      for (const [way, ...more] of [...LISTENERS.map((one) => [one]), ['uni_http_stream', json]]) {
        await call(tab, 'listen', 'it', way, at.httpUrl, request, ...more);
        const listener = () => call(tab, 'listenerOf', 'it');
        await eventually(async () => !(await listener()).open);
        const {seen, errors, code} = await listener();
        assert.deepEqual({seen, errors}, {seen: [], errors: 1}, way);
        assert.equal(code, way === 'uni_websocket' ? 1006 : undefined);
      }
      assert.equal(await arrivals(at), 0);
      await tab.close();
    });
  }

  test('finds 403 in the tools of its browser', async () => {
    const tab = await open();
    const {answers} = await watchRequests(tab);
    await call(tab, 'failToConnect', 'it', options(node, TRANSPORTS));
    for (const answer of [
      'Error during WebSocket handshake: Unexpected response code: 403',
      'OPTIONS /connection/http_stream 403', 'GET /connection/sse 403', 'POST /connection/poll 403',
    ])
      await eventually(() => answers().includes(answer), {what: answer});
    await tab.close();
  });
});

describe('a page without a host', () => {
  /** Each with the node that lets it in. */
  const pages = [
    {name: 'from a file', lets: nulls, open: () => browser.open(pageFile())},
    {name: 'from a file that may read others', lets: files,
      open: () => trusting.open(pageFile())},
    {name: 'in a sandboxed frame', lets: nulls, async open() {
      const tab = await browser.open(`${browser.origin}/sandbox.html`);
      return tab.mainFrame().childFrames()[0];
    }},
  ];
  for (const {name, lets, open} of pages)
    test(`${name} gets in where that is named, and nowhere else`, async () => {
      const page = await open();
      for (const at of [node, nobodys, nulls, files]) {
        const what = `where ${at.config.http.allowed_origins ?? 'nothing'} is named`;
        if (at === lets) {
          for (const transport of TRANSPORTS) {
            const {failures} = await call(page, 'connect', 'it', options(at, [transport]));
            assert.deepEqual(failures, [], `${transport} ${what}`);
            await call(page, 'subscribe', 'it', 'chat:hostless');
            await call(page, 'publish', 'it', 'chat:hostless', transport);
            await eventually(async () =>
              (await call(page, 'seenBy', 'it', 'chat:hostless')).includes(transport));
            await call(page, 'disconnect', 'it');
          }
        } else {
          assert.deepEqual(await call(page, 'failToConnect', 'it', options(at, TRANSPORTS)),
            {state: 'connecting', errors: TRANSPORTS.map(refused)}, what);
        }
      }
    });
});
