// How HTTP connections end: with an answer that arrives, and in time.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {connect as connectTcp} from 'node:net';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {connect as connectTls} from 'node:tls';

import {API_KEY} from '../support/config.mjs';
import {eventually, within} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {openTcp} from '../support/frames.mjs';
import {temporaryFolder} from '../support/node.mjs';

const LIMIT = 10;
const MIB = 1 << 20;

const folder = temporaryFolder();
const tls_certificate = join(folder, 'node.crt');
const tls_key = join(folder, 'node.key');
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
  'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=localhost',
  '-keyout', tls_key, '-out', tls_certificate], {stdio: 'ignore'});

const plain = await testNode({http: {idle_timeout: '500ms'}, api: {max_body: 100_000}});
const secure = await testNode({http: {tls_certificate, tls_key},
  client: {connection_limit: LIMIT}});

// Half open: what the node says is no reason to stop sending.
const options = {host: '127.0.0.1', allowHalfOpen: true, rejectUnauthorized: false};

async function openPlain(port) {
  const socket = connectTcp({port, ...options});
  await once(socket, 'connect');
  return socket;
}

async function openTls(port) {
  const socket = connectTls({port, ...options});
  await once(socket, 'secureConnect');
  return socket;
}

/** Sends all of it, reading too; resolves with all that came, up to a clean end. */
async function talk(socket, ...parts) {
  let received = '';
  let failure;
  socket.on('data', (bytes) => { received += bytes; });
  socket.on('error', (error) => { failure = error; });
  const ended = new Promise((resolve) => {
    socket.once('end', resolve);
    socket.once('close', resolve);
  });
  for (const part of parts)
    await new Promise((resolve) => { socket.write(part, resolve); });
  await within(ended, 15_000, 'the end of the connection');
  assert.equal(failure, undefined);
  assert.ok(socket.readableEnded, 'it ended, it was not cut');
  socket.destroy();
  return received;
}

const post = (path, size) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\n`
  + `X-API-Key: ${API_KEY}\r\nContent-Length: ${size}\r\n\r\n`;
const block = Buffer.alloc(MIB, 'x');

describe('an answer to a body that is too large', () => {
  test('arrives while the body still comes', async () => {
    for (const [port, path] of [[plain.ports.http, '/connection/init'],
      [plain.ports.internal, '/api/info']]) {
      const answer = await talk(await openPlain(port), post(path, 8 * MIB),
        ...Array(8).fill(block));
      assert.match(answer, /^HTTP\/1\.1 413 .*Connection: close\r\n.*\r\n\r\n413 /is);
    }
  });

  test('arrives over TLS, too, with the end that TLS wants', async () => {
    const answer = await talk(await openTls(secure.ports.http),
      post('/connection/init', 8 * MIB), ...Array(8).fill(block));
    assert.match(answer, /^HTTP\/1\.1 413 .*\r\n\r\n413 /is);
  });
});

describe('a connection that is idle', () => {
  test('is closed in time, at either address', async () => {
    for (const port of [plain.ports.http, plain.ports.internal]) {
      const socket = await openTcp(port);
      socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await eventually(() => socket.received.includes('200 OK'));
      const start = Date.now();
      await within(socket.gone, 5000, 'the end of an idle connection');
      const time = Date.now() - start;
      assert.ok(time > 300 && time < 3000, `${time} ms`);
    }
  });

  test('is kept as long as there are requests', async () => {
    const socket = await openTcp(plain.ports.http);
    for (let i = 1; i <= 4; ++i) {
      socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await eventually(() => socket.received.toString().split('200 OK').length === i + 1);
      await new Promise((resolve) => { setTimeout(resolve, 250); });
    }
    assert.equal(socket.ended, false);
    socket.destroy();
  });
});

describe('a socket over the limit', () => {
  test('has a clean end under TLS, and no handshake', async () => {
    const taken = [];
    for (let i = 0; i < LIMIT; ++i)
      taken.push(await openTcp(secure.ports.http));
    const socket = await openPlain(secure.ports.http);
    const received = await talk(socket, Buffer.from('160301', 'hex'));
    assert.equal(received, '');
    taken.forEach((one) => one.destroy());
    await eventually(async () => {
      const again = await openTls(secure.ports.http);
      again.destroy();
      return true;
    });
  });
});
