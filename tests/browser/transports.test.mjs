// Every transport from a page of another origin: the SDK's builds for browsers,
// unmodified, and pages without it.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {call, testBrowser} from '../support/browser.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const COUNT = 20;
const EVERY_ENTRY = ['websocket', 'http_stream', 'sse', 'poll'];

const browser = await testBrowser();
const http = {allowed_origins: [browser.origin]};
const node = await testNode({http});
const quick = await testNode({http, client: {ping_interval: '2s', pong_timeout: '1500ms'}});

let tabs = 0;

/** Opens the page as a user whom nobody else is. */
async function open() {
  const tab = await browser.open(`${browser.origin}/index.html`);
  tab.user = `user-${++tabs}`;
  return tab;
}

/** Connects the client `name` of a tab. */
const connect = (tab, at, name, options) => call(tab, 'connect', name,
  {at: at.httpUrl, token: userToken(tab.user), ...options});

/** What the node says by which transport a client is there. */
async function transportAt(at, id) {
  const {connections} = JSON.parse((await at.ctl('--json', 'connections')).out);
  return connections.find(({client}) => client === id)?.transport;
}

/** How the SDK comes, by one entry and in one wire format. */
const ways = [
  ...['websocket', 'http_stream', 'poll'].flatMap((transport) =>
    ['JSON', 'Protobuf'].map((codec) => ({transport, codec}))),
  {transport: 'sse', codec: 'JSON'},
].map((way) => ({...way, name: `${way.transport} (${way.codec})`,
  options: {transports: [way.transport], codec: way.codec}}));

const unharmed = {state: 'connected', losses: [], end: null};

describe('the SDK in a browser, from another origin', () => {
  for (const {name, transport, options} of ways) {
    test(`${name}: publishes, receives in order, and is told its end`, async () => {
      const tab = await open();
      const {id, failures} = await connect(tab, node, 'it', options);
      assert.deepEqual(failures, []);
      assert.equal(await transportAt(node, id), transport);
      const channel = `chat:${tab.user}`;
      await call(tab, 'subscribe', 'it', channel);
      for (let i = 0; i < COUNT; ++i) {
        if (i % 2)
          await call(tab, 'publish', 'it', channel, {i});
        else
          await node.api('publish', {channel, data: {i}});
      }
      await eventually(async () => (await call(tab, 'seenBy', 'it', channel)).length >= COUNT);
      assert.deepEqual(await call(tab, 'seenBy', 'it', channel),
        Array.from({length: COUNT}, (_, i) => ({i})));
      await node.api('disconnect', {user: tab.user, disconnect: {code: 4501, reason: 'out'}});
      await eventually(async () => (await call(tab, 'fateOf', 'it')).end);
      assert.deepEqual(await call(tab, 'fateOf', 'it'),
        {state: 'disconnected', losses: [], end: {code: 4501, reason: 'out'}});
      await tab.close();
    });
  }

  test('answers pings by each transport, and stays', async () => {
    const tab = await open();
    for (const {name, options} of ways)
      await connect(tab, quick, name, options);
    // Two pings, and the time for the answer to the last.
    await tab.waitForTimeout(6000);
    for (const {name} of ways)
      assert.deepEqual(await call(tab, 'fateOf', name), unharmed, name);
    await tab.close();
  });

  // docs/transports.md: 413, which the SDK takes for the end of that command alone.
  test('a command over the limit costs a stream nothing but itself', async () => {
    const tab = await open();
    const channel = `chat:${tab.user}`;
    const options = {transports: ['http_stream'], timeout: 1500};
    await connect(tab, node, 'it', options);
    await call(tab, 'subscribe', 'it', channel);
    for (const size of [70_000, 300_000])
      assert.equal(await call(tab, 'failToPublish', 'it', channel, size), 'timeout');
    assert.deepEqual(await call(tab, 'fateOf', 'it'), unharmed);
    await call(tab, 'publish', 'it', channel, 'short');
    await eventually(async () => (await call(tab, 'seenBy', 'it', channel)).length === 1);
    await tab.close();
  });
});

describe('the order of fallbacks', () => {
  const entries = [
    {transports: ['websocket', 'http_stream', 'sse', 'poll'], by: 'websocket', failures: []},
    {transports: ['http_stream', 'sse', 'poll'], by: 'http_stream', failures: ['websocket']},
    {transports: ['sse', 'poll'], by: 'sse', failures: ['websocket', 'http_stream']},
    {transports: ['poll'], by: 'poll', failures: ['websocket', 'http_stream', 'sse']},
  ];
  for (const {transports, by, failures} of entries)
    test(`at a node with ${transports.join(', ')} it is ${by}`, async () => {
      const at = await testNode({http: {...http, transports}});
      const tab = await open();
      const client = await connect(tab, at, 'it', {transports: EVERY_ENTRY});
      assert.equal(await transportAt(at, client.id), by);
      assert.deepEqual(client.failures, failures);
      assert.equal(client.transport, by === 'poll' ? 'websocket' : by);
      const channel = `chat:${tab.user}`;
      await call(tab, 'subscribe', 'it', channel);
      await call(tab, 'publish', 'it', channel, 'here');
      await eventually(async () => (await call(tab, 'seenBy', 'it', channel)).length === 1);
      await call(tab, 'disconnect', 'it');
      await eventually(async () =>
        (await at.api('presence_stats', {channel})).num_clients === 0);
      await tab.close();
    });
});

describe('pages without the SDK', () => {
  for (const way of ['uni_sse', 'uni_websocket', 'uni_http_stream'])
    test(`${way}: hears its room, and its end`, async () => {
      const tab = await open();
      const channel = `chat:${tab.user}`;
      const listener = () => call(tab, 'listenerOf', 'it');
      const texts = async () => (await listener()).seen.filter(({pub}) => pub)
        .map(({channel, pub}) => [channel, pub.data]);
      await call(tab, 'listen', 'it', way, node.httpUrl,
        {token: userToken(tab.user, {channels: [channel]})});
      await eventually(async () => (await listener()).seen[0]?.connect.subs[channel]);
      for (let i = 0; i < 3; ++i) {
        await node.api('publish', {channel, data: i});
        await eventually(async () => (await texts()).length > i);
      }
      assert.deepEqual(await texts(), [[channel, 0], [channel, 1], [channel, 2]]);
      await node.api('disconnect', {user: tab.user, disconnect: {code: 4501, reason: 'out'}});
      await eventually(async () => !(await listener()).open);
      const {seen, errors, code} = await listener();
      if (way === 'uni_websocket')
        assert.equal(code, 4501);
      else
        assert.deepEqual(seen.at(-1), {disconnect: {code: 4501, reason: 'out'}});
      assert.equal(errors, 0);
      await tab.close();
    });
});
