// Clients without WebSocket: HTTP-streaming and SSE, with commands on requests
// of their own.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {EventSource} from 'eventsource';
import WebSocket from 'ws';

import {codecs, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const PAGE = 'https://game.example';

const node = await testNode({http: {allowed_origins: [PAGE]}});
const strict = await testNode({http: {transports: ['websocket', 'sse']}});
const closed = await testNode(); // to pages of other hosts

const url = (path, at = node) => at.httpUrl + path;

/** A stream by hand: what came in is in `text`, also while it is open. */
async function openStream(path, {at = node, ...init} = {}) {
  const controller = new AbortController();
  const response = await fetch(url(path, at), {...init, signal: controller.signal});
  const stream = {response, text: '', close: () => controller.abort()};
  stream.ended = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of response.body)
      stream.text += decoder.decode(bytes, {stream: true});
  })().catch(() => {});
  return stream;
}

const connectCommand = (user = 'alice') =>
  JSON.stringify({id: 1, connect: {token: userToken(user)}});

/** The lines of a JSON stream. */
const lines = ({text}) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

async function openSession(user, at = node) {
  const stream = await openStream('/connection/http_stream',
    {at, method: 'POST', body: connectCommand(user)});
  const [{connect: {session, node: name}}] =
    await eventually(() => lines(stream).length > 0 && lines(stream));
  return {...stream, session, node: name, stream};
}

function post(body, {at = node, headers = {}} = {}) {
  return fetch(url('/emulation', at), {method: 'POST', headers,
    body: typeof body === 'string' ? body : JSON.stringify(body)});
}

describe('a stream', () => {
  test('has the headers that keep proxies from buffering it', async () => {
    const stream = await openStream('/connection/http_stream',
      {method: 'POST', body: connectCommand()});
    const {headers, status} = stream.response;
    assert.equal(status, 200);
    assert.equal(headers.get('x-accel-buffering'), 'no');
    assert.match(headers.get('cache-control'), /no-store/);
    assert.match(headers.get('content-type'), /^application\/json/);
    stream.close();
  });

  test('names its session and its node', async () => {
    const {session, node: name, close} = await openSession('alice');
    assert.match(session, /^[0-9a-f-]{36}$/);
    assert.equal(name, node.name);
    close();
  });

  test('is an event for each message with SSE', async () => {
    const stream = await openStream(
      `/connection/sse?cf_connect=${encodeURIComponent(connectCommand())}`);
    assert.match(stream.response.headers.get('content-type'), /^text\/event-stream/);
    await eventually(() => /^\ndata: \{"id":1,.*\}\n\n$/s.test(stream.text));
    stream.close();
  });

  test('may be asked for by POST with SSE, too', async () => {
    const stream = await openStream('/connection/sse',
      {method: 'POST', body: connectCommand()});
    await eventually(() => stream.text.includes('"session"'));
    stream.close();
  });

  test('ends with a push that says why', async () => {
    const stream = await openStream('/connection/http_stream',
      {method: 'POST', body: JSON.stringify({id: 1, connect: {token: 'bad'}})});
    await stream.ended;
    assert.deepEqual(lines(stream),
      [{push: {disconnect: {code: 3500, reason: 'invalid token'}}}]);
  });

  test('without a connect is refused', async () => {
    for (const [path, init] of [['/connection/sse', {}],
      ['/connection/http_stream', {method: 'POST'}]])
      assert.equal((await fetch(url(path), init)).status, 400);
  });

  test('by another method is refused', async () => {
    const {status, headers} = await fetch(url('/connection/http_stream'));
    assert.equal(status, 405);
    assert.equal(headers.get('allow'), 'POST, OPTIONS');
  });

  test('that is turned off is not there', async () => {
    const answer = await fetch(url('/connection/http_stream', strict),
      {method: 'POST', body: connectCommand()});
    assert.equal(answer.status, 404);
    const there = await openStream('/connection/sse',
      {at: strict, method: 'POST', body: connectCommand()});
    assert.equal(there.response.status, 200);
    there.close();
  });
});

describe('a client that has several ways', () => {
  for (const [first, second] of [['websocket', 'http_stream'], ['http_stream', 'sse'],
    ['websocket', 'sse']])
    test(`goes by ${second} where ${first} does not work`, async () => {
      // `strict` has no http_stream; nothing at all listens at port 1.
      const broken = first === 'websocket' ? 'ws://127.0.0.1:1/'
        : url('/connection/http_stream', strict);
      const at = first === 'websocket' ? node : strict;
      const client = new codecs[0].Centrifuge([
        {transport: first, endpoint: broken},
        {transport: second, endpoint: url(`/connection/${second}`, at)},
      ], {websocket: WebSocket, eventsource: EventSource, fetch, readableStream: ReadableStream,
        emulationEndpoint: url('/emulation', at), token: userToken('fallback'),
        minReconnectDelay: 50});
      client.on('error', () => {});
      const connected = next(client, 'connected', 20_000);
      client.connect();
      assert.equal((await connected).transport, second);
      const room = await subscribe(client, 'chat:fallback');
      await room.publish({x: 1});
      await eventually(() => room.seen.length === 1);
      client.disconnect();
    });
});

describe('a page without a host', () => {
  const connectFrom = async (at, origin) => {
    const stream = await openStream('/connection/http_stream',
      {at, method: 'POST', body: connectCommand(), headers: {origin}});
    stream.close();
    return stream.response.status;
  };

  test('may connect where its origin is named, and nowhere else', async () => {
    const named = await testNode({http: {allowed_origins: ['null', 'file://']}});
    for (const origin of ['null', 'file://']) {
      assert.equal(await connectFrom(named, origin), 200, origin);
      assert.equal(await connectFrom(node, origin), 403, origin);
      assert.equal(await connectFrom(closed, origin), 403, origin);
    }
    assert.equal(await connectFrom(named, PAGE), 403);
  });
});

describe('a page of another origin', () => {
  test('may ask first, and connect where it is allowed', async () => {
    for (const path of ['/connection/http_stream', '/emulation']) {
      const {status, headers} = await fetch(url(path), {method: 'OPTIONS',
        headers: {origin: PAGE, 'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type'}});
      assert.equal(status, 204);
      assert.equal(headers.get('access-control-allow-origin'), PAGE);
      assert.equal(headers.get('access-control-allow-credentials'), 'true');
      assert.equal(headers.get('access-control-allow-headers'), 'content-type');
      assert.match(headers.get('access-control-allow-methods'), /POST/);
    }
  });

  test('is refused where it is not', async () => {
    const headers = {origin: 'https://evil.example'};
    for (const path of ['/connection/http_stream', '/emulation'])
      for (const method of ['POST', 'OPTIONS'])
        assert.equal((await fetch(url(path), {method, headers,
          body: method === 'POST' ? connectCommand() : undefined})).status, 403);
  });

  test('learns the status of what is refused before it is read', async () => {
    for (const path of ['/connection/http_stream', '/connection/poll', '/emulation'])
      for (const size of [140_000, 300_000]) {
        const refusal = async (origin) => {
          const {status, headers} = await fetch(url(path),
            {method: 'POST', body: 'x'.repeat(size), headers: {origin}});
          return [status, headers.get('access-control-allow-origin')];
        };
        assert.deepEqual(await refusal(PAGE), [413, PAGE], path);
        assert.deepEqual(await refusal('https://evil.example'), [413, null], path);
      }
  });
});

describe('commands beside a stream', () => {
  test('are refused with a session that is not there', async () => {
    const {node: name, close} = await openSession('alice');
    const data = JSON.stringify({id: 2, presence: {channel: 'chat:a'}});
    const session = '00000000-0000-4000-8000-000000000000';
    assert.equal((await post({session, node: name, data})).status, 404);
    assert.equal((await post({session, node: 'nowhere', data})).status, 404);
    close();
  });

  test('are refused when they are none', async () => {
    for (const body of ['', 'x', '{}', '{"session":"a","node":"b"}'])
      assert.equal((await post(body)).status, 400, body);
    assert.equal((await fetch(url('/emulation'))).status, 405);
  });

  test('have the size of a message', async () => {
    const {session, node: name, close} = await openSession('alice');
    const tooMuch = JSON.stringify({id: 2, publish: {channel: 'chat:a',
      data: 'x'.repeat(70_000)}});
    assert.equal((await post({session, node: name, data: tooMuch})).status, 413);
    assert.equal((await post('x'.repeat(300_000))).status, 413);
    close();
  });

  test('run in the order of their requests', async () => {
    const channel = 'chat:streams-order';
    const {session, node: name, stream, close} = await openSession('alice');
    const send = (...commands) => post({session, node: name,
      data: commands.map((command) => JSON.stringify(command)).join('\n')});
    await send({id: 2, subscribe: {channel}});
    for (let i = 0; i < 50; ++i)
      assert.equal((await send({id: 3 + i, publish: {channel, data: {i}}})).status, 204);
    await eventually(() => lines(stream).filter(({push}) => push?.pub).length === 50);
    assert.deepEqual(lines(stream).flatMap(({push}) => (push?.pub ? [push.pub.data.i] : [])),
      Array.from({length: 50}, (_, i) => i));
    close();
  });

  test('do not outlive the stream', async () => {
    const {session, node: name, close} = await openSession('alice');
    close();
    await eventually(async () => (await post({session, node: name,
      data: JSON.stringify({id: 2, presence: {channel: 'chat:a'}})})).status === 404);
  });
});
