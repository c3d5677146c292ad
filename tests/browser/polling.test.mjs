// /roost-polling.js in a browser, imported by a page of another origin than the
// node that serves it. How it publishes, receives and falls back: transports.test.mjs.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {call, testBrowser, watchRequests} from '../support/browser.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const browser = await testBrowser();
const http = {allowed_origins: [browser.origin]};
const node = await testNode({http});
const without = await testNode({http: {...http, transports: ['websocket']}});

const open = () => browser.open(`${browser.origin}/index.html`);

/** Connects the client `it` of a tab by long polling. */
const connect = (tab) => call(tab, 'connect', 'it',
  {at: node.httpUrl, token: userToken('alice'), transports: ['poll'], minReconnectDelay: 50});

describe('PollingWebSocket in a browser', () => {
  test('is the browser\'s own WebSocket for other endpoints', async () => {
    const tab = await open();
    const own = await tab.evaluate(async (at) => {
      const {PollingWebSocket} = await import(`${at}/roost-polling.js`);
      const ofEndpoint = (path) => {
        const socket = new PollingWebSocket(`${at.replace('http', 'ws')}${path}`);
        socket.close();
        return socket instanceof WebSocket;
      };
      return ['/connection/websocket', '/connection/poll'].map(ofEndpoint);
    }, node.httpUrl);
    assert.deepEqual(own, [true, false]);
    await tab.close();
  });

  test('asks for no preflight', async () => {
    const tab = await open();
    const {sent} = await watchRequests(tab);
    await connect(tab);
    const polls = sent.filter((request) => request.endsWith('/connection/poll'));
    assert.ok(polls.length >= 3, 'one to open, one to send, one to poll');
    assert.deepEqual([...new Set(polls)], ['POST /connection/poll']);
    await tab.close();
  });

  test('ends a client whose message is over the limit, as a WebSocket', async () => {
    for (const size of [70_000, 300_000]) {
      const tab = await open();
      await connect(tab);
      await call(tab, 'subscribe', 'it', 'chat:big');
      await call(tab, 'failToPublish', 'it', 'chat:big', size);
      await eventually(async () => (await call(tab, 'fateOf', 'it')).end, {what: `${size}`});
      assert.deepEqual(await call(tab, 'fateOf', 'it'), {state: 'disconnected', losses: [],
        end: {code: 3, reason: 'message size limit exceeded'}});
      await tab.close();
    }
  });

  test('begins again where its session is gone', async () => {
    const tab = await open();
    await connect(tab);
    await call(tab, 'subscribe', 'it', 'chat:again');
    await node.kill();
    await node.start();
    await eventually(async () => {
      const {state, losses} = await call(tab, 'fateOf', 'it');
      return state === 'connected' && losses.length > 0;
    });
    await node.api('publish', {channel: 'chat:again', data: 'new'});
    await eventually(async () =>
      (await call(tab, 'seenBy', 'it', 'chat:again')).join() === 'new');
    await tab.close();
  });

  test('closes with 1006 where there is no long polling', async () => {
    const tab = await open();
    const code = await tab.evaluate(async ([at, without]) => {
      const {PollingWebSocket} = await import(`${at}/roost-polling.js`);
      const socket = new PollingWebSocket(`${without}/connection/poll`);
      return new Promise((resolve) => { socket.onclose = ({code}) => resolve(code); });
    }, [node.httpUrl, without.httpUrl]);
    assert.equal(code, 1006);
    await assert.rejects(tab.evaluate((at) => import(`${at}/roost-polling.js`), without.httpUrl),
      /Failed to fetch dynamically imported module/);
    await tab.close();
  });
});
