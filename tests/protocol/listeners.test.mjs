// Clients that only listen: EventSource, curl, a WebSocket without SDK. Their
// rooms come from the token.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {describe, test} from 'node:test';

import {EventSource} from 'eventsource';
import WebSocket from 'ws';

import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {epochSeconds, userToken} from '../support/tokens.mjs';

const node = await testNode();
const quick = await testNode({client: {ping_interval: '1s', pong_timeout: '500ms',
  expired_close_delay: '1s'}});

const paths = ['uni_sse', 'uni_http_stream', 'uni_websocket'];

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
    const channel = 'listen-sse';
    const source = new EventSource(
      `${node.httpUrl}/connection/uni_sse?${query('sse', channel)}`);
    const seen = [];
    source.onmessage = ({data}) => seen.push(JSON.parse(data));
    await hears(seen, channel);
    source.close();
  });

  test('is told why it is ended', async () => {
    const source = new EventSource(
      `${node.httpUrl}/connection/uni_sse?${query('out', 'listen-out')}`);
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
    const channel = 'listen-curl';
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
    const channel = 'listen-ws';
    const socket = new WebSocket(`ws://127.0.0.1:${node.ports.http}/connection/uni_websocket`);
    await next(socket, 'open');
    const seen = [];
    socket.on('message', (data) =>
      seen.push(...data.toString().split('\n').map((x) => JSON.parse(x))));
    socket.send(request('ws', channel));
    await eventually(() => seen.length === 1);
    socket.send('{"id":2,"publish":{"channel":"listen-ws","data":{}}}');
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
    socket.send(request('pinged', 'listen-pings'));
    await eventually(() => seen.filter((x) => x === '{}').length >= 3);
    assert.equal(JSON.parse(seen[0]).connect.ping, 1);
    assert.equal(JSON.parse(seen[0]).connect.pong, undefined);
    socket.terminate();
  });
});

/** Listens by hand: pushes in `seen`, those that are pings left out. */
async function listen(path, body, at = node) {
  const seen = [];
  const take = (text) => {
    const push = JSON.parse(text);
    if (Object.keys(push).length > 0)
      seen.push(push);
    else
      ++heard.pings;
  };
  const heard = {seen, pings: 0};
  if (path === 'uni_websocket') {
    const socket = new WebSocket(`ws://127.0.0.1:${at.ports.http}/connection/${path}`);
    await next(socket, 'open');
    socket.on('message', (data) => data.toString().split('\n').forEach(take));
    heard.ended = next(socket, 'close', 20_000);
    heard.close = () => socket.terminate();
    socket.send(body);
    return heard;
  }
  const controller = new AbortController();
  const answer = await fetch(`${at.httpUrl}/connection/${path}`,
    {method: 'POST', body, signal: controller.signal});
  heard.status = answer.status;
  heard.close = () => controller.abort();
  heard.ended = (async () => {
    let text = '';
    for await (const more of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (text + more).split('\n');
      text = lines.pop();
      lines.map((line) => line.replace(/^data: |\r$/g, '')).filter(Boolean).forEach(take);
    }
  })().catch(() => {});
  return heard;
}

for (const path of paths)
  describe(`a client of ${path}`, () => {
    test('recovers what it missed', async () => {
      const channel = `recover-${path}`;
      const first = await listen(path, request('back', channel));
      await eventually(() => first.seen.length === 1);
      first.close();
      const {epoch, offset = 0, recoverable} = first.seen[0].connect.subs[channel];
      assert.equal(recoverable, true);
      for (let i = 0; i < 3; ++i)
        await node.api('publish', {channel, data: {i}});
      const second = await listen(path, request('back', channel,
        {subs: {[channel]: {recover: true, epoch, offset}}}));
      await eventually(() => second.seen.length === 1);
      const {recovered, publications} = second.seen[0].connect.subs[channel];
      assert.equal(recovered, true);
      assert.deepEqual(publications.map(({data}) => data.i), [0, 1, 2]);
      await node.api('publish', {channel, data: {i: 3}});
      await eventually(() => second.seen.length === 2);
      assert.deepEqual([second.seen[1].pub.data.i, second.seen[1].pub.offset], [3, 4]);
      second.close();
    });

    test('hears who comes and goes where the room says it', async () => {
      const channel = `chat:members-${path}`;
      const one = await listen(path, request('one', channel));
      await eventually(() => one.seen.some(({join}) => join?.info.user === 'one'));
      const two = await listen(path, request('two', channel));
      await eventually(() => one.seen.some(({join}) => join?.info.user === 'two'));
      two.close();
      await eventually(() => one.seen.some(({leave}) => leave?.info.user === 'two'));
      one.close();
    });

    test('is pinged, and need not answer', async () => {
      const heard = await listen(path, request('calm', 'calm'), quick);
      await eventually(() => heard.pings >= 3);
      assert.equal(heard.seen[0].connect.ping, 1);
      assert.equal(heard.seen[0].connect.pong, undefined);
      assert.equal(heard.seen.length, 1);
      heard.close();
    });

    test('is ended when its token has run out', async () => {
      const channel = `short-${path}`;
      const heard = await listen(path, JSON.stringify({token: userToken('brief',
        {channels: [channel], exp: epochSeconds(2)})}), quick);
      const end = await heard.ended;
      assert.equal(heard.seen[0].connect.expires, true);
      // A WebSocket says it by its close frame.
      assert.equal(path === 'uni_websocket' ? end : heard.seen.at(-1).disconnect.code, 3005);
    });

    test('is ended with the code that the API says', async () => {
      const user = `ended-${path}`;
      const heard = await listen(path, request(user, 'ended'));
      await eventually(() => heard.seen.length === 1);
      await node.api('disconnect', {user, disconnect: {code: 4501, reason: 'out'}});
      const end = await heard.ended;
      assert.equal(path === 'uni_websocket' ? end : heard.seen.at(-1).disconnect.code, 4501);
    });

    test('is not let in with what is no connect', async () => {
      for (const body of ['nonsense', '[1]', '{} {}']) {
        const heard = await listen(path, body);
        if (path === 'uni_websocket')
          assert.equal(await heard.ended, 3501, body);
        else
          assert.equal(heard.status, 400, body);
        heard.close();
      }
    });

    test('says no more than a stranger may', async () => {
      const heard = await listen(path, JSON.stringify({token: 'x'.repeat(70_000)}));
      if (path === 'uni_websocket')
        assert.equal(await heard.ended, 1009);
      else
        assert.equal(heard.status, 413);
      heard.close();
    });

    test('appears in listings and metrics by its name', async () => {
      const user = `listed-${path}`;
      const heard = await listen(path, request(user, 'listed'));
      await eventually(() => heard.seen.length === 1);
      const labels = `transport="${path}"`;
      assert.ok(await node.metric('centrifugo_client_connections_inflight', labels) >= 1);
      assert.ok(await node.metric('centrifugo_client_connections_accepted', labels) >= 1);
      assert.ok(await node.metric('centrifugo_transport_messages_sent_size', labels) > 0);
      heard.close();
      await heard.ended.catch(() => {});
      await eventually(async () =>
        await node.metric('centrifugo_client_connections_inflight', labels) === 0);
    });
  });
