// Long polling: the npm client with PollingWebSocket, and requests by hand.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, makeClient, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {endsCleanly, testNode} from '../support/fixture.mjs';
import {startNode} from '../support/node.mjs';
import {ask, connectPolling, connectSession, lossyProxy, openSession, polling,
  PollingWebSocket} from '../support/polling.mjs';
import {userToken} from '../support/tokens.mjs';

const PAGE = 'https://game.example';

const node = await testNode({http: {allowed_origins: [PAGE]}});
const quick = await testNode({
  http: {poll_wait: '500ms'}, client: {ping_interval: '1s', pong_timeout: '500ms'}});
const without = await testNode({http: {transports: ['websocket', 'sse']}});

const upTo = (count) => Array.from({length: count}, (_, i) => i);
const unpacked = ({seen}, codec) => seen.map(({data}) => codec.unpack(data).i);

for (const codec of codecs) {
  describe(`the ${codec.name} client with long polling`, () => {
    test('gets a thousand publications, each once and in order', async () => {
      const channel = `chat:polling-many-${codec.name}`;
      const client = await connectPolling(node, {codec});
      const room = await subscribe(client, channel);
      const writer = await connect(node, {user: 'writer'});
      await subscribe(writer, channel);
      for (let i = 0; i < 1000; i += 50)
        await Promise.all(upTo(50).map((more) =>
          writer.publish(channel, {i: i + more})));
      await eventually(() => room.seen.length >= 1000);
      assert.deepEqual(unpacked(room, codec), upTo(1000));
      client.disconnect();
      writer.disconnect();
    });

    test('publishes in order, many at once', async () => {
      const channel = `chat:polling-out-${codec.name}`;
      const client = await connectPolling(node, {codec});
      const room = await subscribe(client, channel);
      await Promise.all(upTo(200).map((i) => room.publish(codec.pack({i}))));
      await eventually(() => room.seen.length >= 200);
      assert.deepEqual(unpacked(room, codec), upTo(200));
      client.disconnect();
    });

    test('loses and doubles nothing when answers are lost', async () => {
      const channel = `chat:polling-lossy-${codec.name}`;
      const proxy = await lossyProxy(node, (number) => number > 1 && number % 3 === 0);
      const client = await connectPolling(node, {codec, url: proxy.url});
      const room = await subscribe(client, channel);
      let moves = 0;
      client.on('connecting', () => { ++moves; });
      for (let i = 0; i < 30; ++i)
        await room.publish(codec.pack({i}));
      await eventually(() => room.seen.length >= 30);
      assert.deepEqual(unpacked(room, codec), upTo(30));
      assert.equal((await node.api('history', {channel, limit: 0})).offset, 30);
      assert.equal(moves, 0);
      assert.ok(proxy.lost >= 10, `${proxy.lost} were lost`);
      client.disconnect();
    });

    test('comes to it when a WebSocket cannot be had', async () => {
      const client = makeClient(node, {codec, ...polling(node.httpUrl), endpoints: [
        {transport: 'websocket', endpoint: `${node.webSocketUrl}-nowhere`},
        {transport: 'http_stream', endpoint: `${node.httpUrl}/connection/nowhere`},
        ...polling(node.httpUrl.replace('http', 'ws')).endpoints,
      ]});
      const connected = next(client, 'connected', 15_000);
      client.connect();
      const id = (await connected).client;
      const {connections} = JSON.parse(
        (await node.ctl('--json', 'connections')).out);
      assert.equal(connections.find((one) => one.client === id).transport, 'poll');
      client.disconnect();
    });
  });
}

describe('PollingWebSocket', () => {
  test('is the WebSocket of the browser for other endpoints', async () => {
    const socket = new PollingWebSocket(node.webSocketUrl);
    assert.ok(socket instanceof PollingWebSocket.native);
    socket.on('error', () => {});
    socket.close();
    const client = await connect(node, {websocket: PollingWebSocket,
      endpoints: [{transport: 'websocket', endpoint: node.webSocketUrl}]});
    client.disconnect();
  });

  test('is what every node serves, to any page', async () => {
    const answer = await fetch(`${node.httpUrl}/roost-polling.js`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/javascript/);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    const file = new URL('../../net/pages/roost-polling.js', import.meta.url);
    assert.equal(await answer.text(), await readFile(file, 'utf8'));
  });

  test('closes as a WebSocket does whose server is not there', async () => {
    const socket = new PollingWebSocket('http://127.0.0.1:9/connection/poll');
    const closed = await next({once: (_, done) => { socket.onclose = done; }}, 'close', 20_000);
    assert.equal(closed.code, 1006);
    assert.equal(socket.readyState, 3);
  });

  test('closes where polling is turned off, and ends a message too big', async () => {
    for (const [at, code, send] of [[without, 1006], [node, 1009, 'x'.repeat(70_000)]]) {
      const socket = new PollingWebSocket(`${at.httpUrl}/connection/poll`);
      const closed = next({once: (_, done) => { socket.onclose = done; }}, 'close');
      socket.onopen = () => send && socket.send(send);
      assert.equal((await closed).code, code);
    }
  });
});

describe('a session of long polling', () => {
  test('is named in the answer that opens it', async () => {
    const {head} = await openSession(node);
    assert.equal(head.node, node.name);
    assert.match(head.session, /^\d+\.[0-9a-f-]{36}$/);
    assert.deepEqual([head.limit, head.wait_ms], [65_536, 25_000]);
  });

  test('answers without being kept by anybody', async () => {
    const session = await openSession(node);
    const answers = [session.poll(), session.send({id: 1, connect: {token: userToken('a')}})];
    for (const {headers} of await Promise.all(answers))
      assert.match(headers.get('cache-control'), /no-store/);
  });

  test('gives the last answer again, byte for byte', async () => {
    const session = await connectSession(node);
    const {number} = session;
    const first = await session.poll(number);
    const again = await session.poll(number);
    assert.equal(first.head.number, number);
    assert.equal(first.text, again.text);
    assert.ok(first.text.includes('"connect"'));
    await session.close();
  });

  test('refuses numbers that do not follow', async () => {
    const session = await connectSession(node);
    await session.send({id: 2, subscribe: {channel: 'chat:polling-numbers'}});
    await session.until(({id}) => id === 2);
    for (const number of [session.number - 1, session.number + 2, 4_000_000_000])
      assert.equal((await session.poll(number)).status, number === 0 ? 400 : 409, number);
    for (const number of [1, 4])
      assert.equal((await session.send({}, {number})).status, 409, number);
    await session.close();
  });

  test('takes commands once, however often they come', async () => {
    const channel = 'chat:polling-once';
    const session = await connectSession(node);
    await session.send({id: 2, subscribe: {channel}});
    for (let i = 0; i < 3; ++i)
      assert.equal((await session.send({id: 3, publish: {channel, data: 1}},
        {number: 3})).status, 204);
    await session.until(({id}) => id === 3);
    assert.equal((await node.api('history', {channel, limit: 0})).offset, 1);
    await session.close();
  });

  test('waits for something to say, then says nothing', async () => {
    const session = await connectSession(quick);
    const began = Date.now();
    const {status, text} = await session.poll();
    assert.equal(status, 200);
    assert.equal(text, '{}\n');
    assert.ok(Date.now() - began >= 450);
    await session.close();
  });

  test('answers a poll that waits at once', async () => {
    const channel = 'chat:polling-at-once';
    const session = await connectSession(node);
    await session.send({id: 2, subscribe: {channel}});
    await session.until(({id}) => id === 2);
    const waiting = session.until(({push}) => push?.pub);
    await sleep(100);
    const began = Date.now();
    await node.api('publish', {channel, data: 'now'});
    assert.equal((await waiting).push.pub.data, 'now');
    assert.ok(Date.now() - began < 5000);
    await session.close();
  });

  test('ends an older poll for a newer one', async () => {
    const session = await connectSession(node);
    const older = session.poll();
    await sleep(100);
    const newer = session.poll();
    assert.equal((await older).text, '{}\n');
    await session.send({id: 2, presence_stats: {channel: 'chat:polling-newer'}});
    assert.equal((await newer).messages[0].id, 2);
    await session.close();
  });

  test('is not there once it was closed, nor if it never was', async () => {
    const session = await connectSession(node);
    const waiting = session.poll();
    await sleep(100);
    assert.equal((await session.close()).status, 204);
    assert.equal((await waiting).status, 404);
    for (const ids of [session.ids, {node: node.name, session: 'x'},
      {node: node.name, session: '99.0'}, {node: node.name, session: '0.0'},
      {...session.ids, node: 'nowhere'}]) {
      assert.equal((await ask(node, {...ids, poll: 1})).status, 404);
      assert.equal((await ask(node, {...ids, send: 1}, '{}')).status, 404);
      assert.equal((await ask(node, {...ids, close: true})).status, 404);
    }
  });

  test('ends when nobody polls', async () => {
    const channel = 'chat:polling-silent';
    const session = await connectSession(quick, 'silent');
    await session.send({id: 2, subscribe: {channel}});
    await session.until(({id}) => id === 2);
    assert.equal((await quick.api('presence_stats', {channel})).num_clients, 1);
    await eventually(async () =>
      (await quick.api('presence_stats', {channel})).num_clients === 0);
    await eventually(async () => (await session.poll(99)).status === 404);
  });

  test('ends without a connect', async () => {
    const stale = await startNode({client: {stale_close_delay: '200ms'}});
    const session = await openSession(stale);
    const {messages, head} = await session.poll();
    assert.equal(messages[0].push.disconnect.code, 3502);
    assert.equal(head.code, 3502);
    await endsCleanly(stale, stale.stop());
  });

  test('counts as a connection, for its address, too', async () => {
    const few = await startNode({http: {connections_per_address: 5}});
    const all = [];
    for (;;) {
      const {status, text, head} = await ask(few, {open: 'json'});
      if (status !== 200) {
        assert.equal(status, 503);
        assert.match(text, /connections_per_address/);
        break;
      }
      all.push(head);
    }
    assert.ok(all.length >= 3 && all.length < 5, `${all.length} were let in`);
    await Promise.all(all.map(({node: name, session}) =>
      ask(few, {node: name, session, close: true})));
    await eventually(async () => (await ask(few, {open: 'json'})).status === 200);
    await few.stop();
  });

  test('hears that the node stops', async () => {
    const ends = await startNode();
    const client = await connectPolling(ends);
    const session = await connectSession(ends, 'bob');
    const left = next(client, 'connecting');
    const waiting = session.poll();
    const stopped = ends.stop();
    const {head, messages} = await waiting;
    assert.equal(messages.at(-1).push.disconnect.code, 3001);
    assert.deepEqual([head.code, head.reason], [3001, 'shutdown']);
    assert.equal((await left).code, 3001);
    client.disconnect();
    await endsCleanly(ends, stopped);
  });
});

describe('a request of long polling', () => {
  test('that is none is refused', async () => {
    const ids = {node: node.name, session: '0.x'};
    for (const [head, commands] of [['', ''], ['x', ''], ['{}', ''], [ids, ''],
      [{open: 'xml'}, ''], [{open: 'json'}, '{}'], [{poll: 1}, ''], [{...ids, poll: 1}, '{}'],
      [{...ids, poll: 1, send: 1}, '{}'], [{...ids, send: 1}, ''], [{...ids, poll: -1}, ''],
      [{...ids, poll: 'x'}, ''], [{...ids, poll: 1, pad: 'x'.repeat(1100)}, '']]) {
      const {status, text} = await ask(node, head, commands);
      assert.equal(status, 400, JSON.stringify(head));
      assert.match(text, /^400 bad request: ./);
    }
    assert.equal((await fetch(`${node.httpUrl}/connection/poll`)).status, 405);
  });

  test('has commands of the size of a message', async () => {
    const session = await connectSession(node);
    const command = (size) => ({id: 2, publish: {channel: 'a', data: 'x'.repeat(size)}});
    assert.equal((await session.send(command(66_000), {number: 2})).status, 413);
    assert.equal((await session.send(command(300_000), {number: 2})).status, 413);
    assert.equal((await session.send(command(65_000), {number: 2})).status, 204);
    await session.close();
  });

  test('finds nothing where polling is turned off', async () => {
    assert.equal((await ask(without, {open: 'json'})).status, 404);
    assert.equal((await fetch(`${without.httpUrl}/roost-polling.js`)).status, 404);
  });

  test('may come of another origin that is allowed', async () => {
    const headers = {origin: PAGE};
    const {status, head, headers: got} = await ask(node, {open: 'json'}, '', {headers});
    assert.equal(status, 200);
    assert.equal(got.get('access-control-allow-origin'), PAGE);
    const ids = {node: head.node, session: head.session};
    for (const [question, commands] of [[{...ids, send: 1}, '{'], [{...ids, poll: 1}, '']]) {
      const answer = await ask(node, question, commands, {headers});
      assert.equal(answer.headers.get('access-control-allow-origin'), PAGE);
      assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
    }
    const preflight = await fetch(`${node.httpUrl}/connection/poll`, {method: 'OPTIONS',
      headers: {...headers, 'access-control-request-method': 'POST'}});
    assert.equal(preflight.status, 204);
  });

  test('is refused from one that is not', async () => {
    const headers = {origin: 'https://evil.example'};
    for (const question of [{open: 'json'}, {node: node.name, session: '0.x', poll: 1}])
      assert.equal((await ask(node, question, '', {headers})).status, 403);
  });

  test('is told to come again where commands wait', async () => {
    const slow = await startNode({client: {commands_per_second: 5}});
    const session = await connectSession(slow);
    const wire = await connectWire(slow, {user: 'watch'});
    const command = {id: 2, presence_stats: {channel: 'chat:polling-busy'}};
    const first = await session.send(Array.from({length: 20}, () => command));
    assert.equal(first.status, 204);
    assert.equal((await session.send(command, {number: 3})).status, 429);
    wire.disconnect();
    await slow.stop();
  });
});
