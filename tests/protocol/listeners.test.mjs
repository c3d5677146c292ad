// Clients that only listen: EventSource, curl, a WebSocket without SDK.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {describe, test} from 'node:test';

import {EventSource} from 'eventsource';
import WebSocket from 'ws';

import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode();
const quick = await testNode({client: {ping_interval: '1s', pong_timeout: '500ms'}});

const request = (user, channel, more = {}) => JSON.stringify({
  token: userToken(user, {channels: [channel]}), ...more});

const query = (user, channel, more) =>
  `cf_connect=${encodeURIComponent(request(user, channel, more))}`;

/** Publishes three times and asserts that `seen` has just these pushes. */
async function hears(seen, channel) {
  await eventually(() => seen.length > 0);
  assert.equal(seen[0].connect.subs[channel] !== undefined, true);
  assert.match(seen[0].connect.client, /^[0-9a-f-]{36}$/);
  for (let i = 0; i < 3; ++i)
    await node.api('publish', {channel, data: {i}});
  await eventually(() => seen.length === 4);
  assert.deepEqual(seen.slice(1).map((push) => [push.channel, push.pub.data.i]),
    [[channel, 0], [channel, 1], [channel, 2]]);
}

describe('an EventSource', () => {
  test('hears its rooms', async () => {
    const channel = 'chat:listen-sse';
    const source = new EventSource(
      `${node.httpUrl}/connection/uni_sse?${query('sse', channel)}`);
    const seen = [];
    source.onmessage = ({data}) => seen.push(JSON.parse(data));
    await hears(seen, channel);
    source.close();
  });

  test('is told why it is ended', async () => {
    const source = new EventSource(
      `${node.httpUrl}/connection/uni_sse?${query('out', 'chat:listen-out')}`);
    const seen = [];
    source.onmessage = ({data}) => seen.push(JSON.parse(data));
    await eventually(() => seen.length === 1);
    await node.api('disconnect', {user: 'out', disconnect: {code: 4501, reason: 'out'}});
    await eventually(() => seen.length >= 2);
    source.close();
    assert.deepEqual(seen[1], {disconnect: {code: 4501, reason: 'out'}});
  });

  test('is told that its token is wrong', async () => {
    const source = new EventSource(
      `${node.httpUrl}/connection/uni_sse?cf_connect=${encodeURIComponent('{"token":"x"}')}`);
    const seen = [];
    source.onmessage = ({data}) => seen.push(JSON.parse(data));
    await eventually(() => seen.length >= 1);
    source.close();
    assert.equal(seen[0].disconnect.code, 3500);
  });
});

describe('curl', () => {
  test('hears its rooms', async () => {
    const channel = 'chat:listen-curl';
    const child = spawn('curl', ['-sN', '-d', request('curl', channel),
      `${node.httpUrl}/connection/uni_http_stream`], {stdio: ['ignore', 'pipe', 'inherit']});
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more) => { text += more; });
    const seen = [];
    child.stdout.on('data', () => {
      seen.splice(0, seen.length, ...text.split('\n').slice(0, -1).map((x) => JSON.parse(x)));
    });
    await hears(seen, channel);
    child.kill();
  });
});

describe('a WebSocket without SDK', () => {
  test('hears its rooms, and what it says later is dropped', async () => {
    const channel = 'chat:listen-ws';
    const socket = new WebSocket(`ws://127.0.0.1:${node.ports.http}/connection/uni_websocket`);
    await next(socket, 'open');
    const seen = [];
    socket.on('message', (data) =>
      seen.push(...data.toString().split('\n').map((x) => JSON.parse(x))));
    socket.send(request('ws', channel));
    await eventually(() => seen.length === 1);
    socket.send('{"id":2,"publish":{"channel":"chat:listen-ws","data":{}}}');
    await hears(seen, channel);
    socket.terminate();
  });

  test('is ended when it says no JSON object first', async () => {
    for (const said of ['nonsense', '[1]', '{}\n{"id":2}']) {
      const socket = new WebSocket(
        `ws://127.0.0.1:${node.ports.http}/connection/uni_websocket`);
      await next(socket, 'open');
      const closed = next(socket, 'close');
      socket.send(said);
      await closed;
    }
  });

  test('is pinged, and need not answer', async () => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${quick.ports.http}/connection/uni_websocket`);
    await next(socket, 'open');
    const seen = [];
    socket.on('message', (data) => seen.push(data.toString()));
    socket.send(request('pinged', 'chat:listen-pings'));
    await eventually(() => seen.filter((x) => x === '{}').length >= 3);
    assert.equal(JSON.parse(seen[0]).connect.ping, 1);
    assert.equal(JSON.parse(seen[0]).connect.pong, undefined);
    socket.terminate();
  });
});
