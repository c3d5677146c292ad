// HTTP that is too big, wrong or hostile, on both addresses.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {ADMIN_KEY, API_KEY} from '../support/config.mjs';
import {eventually, next, within} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {openTcp} from '../support/frames.mjs';

const node = await testNode({api: {max_body: 100_000}, http: {demo_page: true}});
const ports = {public: node.ports.http, internal: node.ports.internal};

/** Sends bytes; resolves with the status, or 0 when the socket just ended. */
async function status(port, ...parts) {
  const socket = await openTcp(port);
  for (const part of parts)
    socket.write(part);
  const line = await Promise.race([
    eventually(() => /^HTTP\/1\.[01] (\d+)/.exec(socket.received)),
    within(socket.gone, 15_000, 'an answer').then(() =>
      /^HTTP\/1\.[01] (\d+)/.exec(socket.received)),
  ]);
  socket.destroy();
  return line ? Number(line[1]) : 0;
}

const request = (line, headers = {}, body = '') =>
  `${line} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;

for (const [which, port] of Object.entries(ports)) {
  describe(`the ${which} address`, () => {
    test('answers 404 to a path that it does not have', async () => {
      assert.equal(await status(port, request('GET /nothing/here')), 404);
      assert.equal(await status(port, request('GET /../../etc/passwd')), 404);
      assert.equal(await status(port, request('GET /%2e%2e/%2e%2e/etc/passwd')), 404);
    });

    test('refuses headers that are too big with 431', async () => {
      assert.equal(await status(port,
        request('GET /health', {'X-Big': 'x'.repeat(20_000)})), 431);
      const many = Object.fromEntries(
        Array.from({length: 2000}, (_, i) => [`X-Header-${i}`, 'x'.repeat(20)]));
      assert.equal(await status(port, request('GET /health', many)), 431);
      const line = await status(port, request(`GET /${'x'.repeat(100_000)}`));
      assert.ok([414, 431].includes(line), `status ${line}`);
    });

    test('refuses what is no HTTP', async () => {
      for (const junk of ['hello\r\n\r\n', '\0\0\0\0\0\0\0\0', 'GET\r\n\r\n',
        'GET / HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        'GET / HTTP/1.1\r\nno colon here\r\n\r\n',
        'GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n',
        'POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n']) {
        const got = await status(port, junk);
        assert.ok([0, 400, 404, 413, 505].includes(got), `${JSON.stringify(junk)}: ${got}`);
      }
    });
  });
}

describe('a request that two programs would read differently', () => {
  const key = `X-API-Key: ${API_KEY}\r\n`;
  const body = '{"channel":"chat:two","data":1}';
  const refused = {
    'no Host': 'GET /health HTTP/1.1\r\n\r\n',
    'two Hosts': 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'a Host that is a list': 'GET /health HTTP/1.1\r\nHost: a, b\r\n\r\n',
    'a length beside a transfer coding':
      'POST /api/publish HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n'
      + 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a transfer coding twice': 'POST /api/publish HTTP/1.1\r\nHost: a\r\n'
      + 'Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n',
    'an unknown transfer coding': 'POST /api/publish HTTP/1.1\r\nHost: a\r\n'
      + 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'a transfer coding in HTTP/1.0': 'POST /api/publish HTTP/1.0\r\nHost: a\r\n'
      + 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'two lengths': 'POST /api/publish HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n'
      + 'Content-Length: 4\r\n\r\nabcd',
    'a length with a sign':
      'POST /api/publish HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd',
    'a folded line': 'GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n',
    'a space before the colon': 'GET /health HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n',
    'LF alone': 'GET /health HTTP/1.1\nHost: a\n\n',
    'CR alone': 'GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\rX-C: d\r\n\r\n',
    'a byte 0': 'GET /health HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n',
    'two keys': `POST /api/publish HTTP/1.1\r\nHost: a\r\n${key}${key}\r\n`,
  };
  for (const [what, bytes] of Object.entries(refused)) {
    test(`is refused with 400 and the end of the connection: ${what}`, async () => {
      for (const port of Object.values(ports)) {
        const socket = await openTcp(port);
        socket.write(bytes);
        await within(socket.gone, 5000, 'the end of the connection');
        assert.match(socket.received.toString(), /^HTTP\/1\.1 400 /, what);
        assert.equal(socket.received.toString().match(/HTTP\/1\.1/g).length, 1);
      }
    });
  }

  test('gets no key from the fields behind its body', async () => {
    const chunked = request('POST /api/publish', {'Transfer-Encoding': 'chunked'},
      `${body.length.toString(16)}\r\n${body}\r\n0\r\n${key}\r\n`);
    assert.equal(await status(ports.internal, chunked), 401);
  });

  test('may have an absolute target, whose host counts', async () => {
    const line = `GET http://localhost:${ports.internal}/health/live`;
    assert.equal(await status(ports.internal, request(line)), 200);
    assert.equal(await status(ports.public, request(
      `GET http://page.example/connection/websocket`, {
        Connection: 'keep-alive', connection: 'Upgrade', Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        Origin: 'http://page.example'})), 101);
  });

  test('may have its lists over several lines', async () => {
    const socket = await openTcp(ports.public);
    socket.write(request('GET /connection/websocket', {Connection: 'keep-alive',
      connection: 'Upgrade', Upgrade: 'h2c', upgrade: 'websocket',
      'Sec-WebSocket-Protocol': 'other', 'sec-websocket-protocol': 'centrifuge-protobuf',
      'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=='}));
    await eventually(() => socket.received.includes('\r\n\r\n'));
    assert.match(socket.received.toString(), /^HTTP\/1\.1 101 /);
    assert.match(socket.received.toString(), /Protocol: centrifuge-protobuf\r\n/);
    socket.destroy();
  });

  test('is refused for two versions of the WebSocket protocol', async () => {
    assert.equal(await status(ports.public, request('GET /connection/websocket', {
      Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
      'sec-websocket-version': '8', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=='})), 400);
  });
});

describe('a body in chunks', () => {
  const start = (headers) => request('POST /api/publish',
    {'X-API-Key': API_KEY, 'Transfer-Encoding': 'chunked', ...headers});
  const endless = {
    'the size of a chunk': ['', '0'],
    'the extensions of a chunk': ['1;a=', 'b'],
    'the extensions of the last chunk': ['0;a=', 'b'],
    'the field behind it': ['0\r\nX-A: ', 'b'],
    'the fields behind it': ['0\r\n', 'X-A: b\r\n'],
    'the extensions of many chunks': ['', `1;a=${'b'.repeat(1000)}\r\nx\r\n`],
  };
  for (const [what, [first, more]] of Object.entries(endless)) {
    test(`is refused when it never ends: ${what}`, async () => {
      const socket = await openTcp(ports.internal);
      socket.write(start() + first);
      const block = more.repeat(Math.ceil(65_536 / more.length));
      for (let sent = 0; sent < 8 && !socket.ended; ++sent) {
        if (!socket.write(block))
          await Promise.race([new Promise((go) => { socket.once('drain', go); }), socket.gone]);
      }
      await within(socket.gone, 10_000, 'the end of the connection');
      assert.match(socket.received.toString(), /^HTTP\/1\.1 (400|431) /);
    });
  }
});

describe('a wrong method', () => {
  test('answers 405 and says which are right', async () => {
    for (const [port, line] of [[ports.public, 'POST /'],
      [ports.public, 'DELETE /connection/websocket'],
      [ports.internal, 'POST /health'], [ports.internal, 'PUT /metrics'],
      [ports.internal, 'GET /api/info'], [ports.internal, 'DELETE /api/publish'],
      [ports.internal, 'GET /admin/nodes']]) {
      const key = line.includes('/admin/') ? ADMIN_KEY : API_KEY;
      assert.equal(await status(port,
        request(line, {'X-API-Key': key, 'Content-Length': '0'})), 405, line);
    }
  });

  test('of a strange name is refused', async () => {
    for (const method of ['TRACE', 'CONNECT', 'BREW', 'get']) {
      const got = await status(ports.internal, request(`${method} /api/info`,
        {'X-API-Key': API_KEY, 'Content-Length': '0'}));
      assert.ok([400, 405, 501].includes(got), `${method}: ${got}`);
    }
  });
});

describe('a body', () => {
  const headers = (length) => ({'X-API-Key': API_KEY, 'Content-Length': length});

  test('above the limit is refused with 413 before it is read', async () => {
    assert.equal(await status(ports.internal,
      request('POST /api/publish', headers(100_001))), 413);
    assert.equal(await status(ports.internal,
      request('POST /api/publish', headers(10 ** 12))), 413);
  });

  test('is not read before a key was shown', async () => {
    const length = {'Content-Length': 50};
    assert.equal(await status(ports.internal, request('POST /api/publish', length)), 401);
    assert.equal(await status(ports.internal,
      request('POST /admin/nodes', {...length, 'X-API-Key': API_KEY})), 401);
    assert.equal(await status(ports.internal, request('POST /health', length)), 413);
  });

  test('of 100 MiB is refused in a way that its sender sees', async () => {
    const socket = await openTcp(ports.internal);
    const block = Buffer.alloc(1 << 20);
    socket.pause(); // It sends all first, and reads then.
    socket.write(request('POST /api/publish', headers(100 * block.length)));
    for (let sent = 0; sent < 100; ++sent) {
      if (!socket.write(block))
        await within(next(socket, 'drain'), 10_000, 'room for more of the body');
    }
    socket.resume();
    await within(socket.gone, 5000, 'the end of the connection');
    assert.match(socket.received.toString(), /^HTTP\/1\.1 413 /);
  });

  test('that a client asks about first is refused before it is sent', async () => {
    const {'X-API-Key': key} = headers(0);
    const ask = (value) => status(ports.internal, request('POST /api/publish',
      {'X-API-Key': key, 'Content-Length': 50, Expect: value}));
    assert.equal(await ask('100-continue'), 100);
    assert.equal(await ask('a miracle'), 417);
    assert.equal(await status(ports.internal, request('POST /api/publish',
      {'Content-Length': 50, Expect: '100-continue'})), 401);
  });

  test('in chunks is counted, too', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    assert.equal(await status(ports.internal,
      request('POST /api/publish', {'X-API-Key': API_KEY, 'Transfer-Encoding': 'chunked'}),
      chunk.repeat(10)), 413);
  });

  test('of the limit is read', async () => {
    const start = '{"channel":"plain:big","data":"';
    const body = `${start}${'x'.repeat(100_000 - start.length - 2)}"}`;
    const {status: code} = await node.call('publish', body);
    assert.equal(code, 200);
  });

  test('that never comes costs nothing and ends', async () => {
    const socket = await openTcp(ports.internal);
    socket.write(request('POST /api/publish', headers(50)));
    socket.write('{"channel"');
    await within(socket.gone, 60_000, 'the end of a body that never comes');
  });
});

describe('the API', () => {
  test('answers 400 to JSON that is broken', async () => {
    for (const body of ['', '{', '{"channel":', 'null', '[]', '42', 'hello',
      '{"channel":5,"data":1}', '{"channel":"chat:x","data":}',
      `{"channel":"chat:x","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      '{"channel":"chat:x","tags":{"a":1},"data":1}', '{"channel":"chat:x","data":1}}']) {
      const {status: code} = await node.call('publish', body);
      assert.equal(code, 400, body.slice(0, 60));
    }
  });

  test('answers 404 to a method that it does not have', async () => {
    assert.equal((await node.call('fly', {})).status, 404);
    assert.equal((await node.call('publish/now', {})).status, 404);
  });

  test('keeps a connection for the next request', async () => {
    const socket = await openTcp(ports.internal);
    const body = '{"channel":"chat:keep","data":1}';
    const publish = request('POST /api/publish',
      {'X-API-Key': API_KEY, 'Content-Length': body.length}, body);
    socket.write(publish + publish); // Two at once: a pipeline.
    await eventually(() =>
      socket.received.toString().match(/HTTP\/1\.1 200/g)?.length === 2);
    const offsets = [...socket.received.toString().matchAll(/"offset":(\d)/g)];
    assert.deepEqual(offsets.map(([, offset]) => offset), ['1', '2']);
    socket.destroy();
  });
});
