// A client learns why its connection ends, whatever it is sending meanwhile.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {connect as connectTcp} from 'node:net';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import WebSocket from 'ws';

import {connectWire, makeClient} from '../support/clients.mjs';
import {eventually, next, within} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {frame, opcodes, openRaw, parseFrames, upgradeRequest}
  from '../support/frames.mjs';
import {temporaryFolder} from '../support/node.mjs';
import {userToken} from '../support/tokens.mjs';

const MIB = 1 << 20;

const node = await testNode({client: {stale_close_delay: '1s'}});
const {http: port} = node.ports;
const slow = await testNode({client: {queue_max_size: '64MiB'},
  websocket: {write_timeout: '1s'}});

const hello = () => frame(JSON.stringify({id: 1, connect: {token: userToken('alice')}}));

/** A client that sends all it has before it reads: resolves with the frames
 * that it got and the error of its socket, if there was one. */
async function sendFirst(...parts) {
  const socket = connectTcp({port, host: '127.0.0.1', allowHalfOpen: true});
  let error;
  socket.on('error', (problem) => { error = problem; });
  const chunks = [];
  socket.pause();
  await once(socket, 'connect');
  await new Promise((resolve) => {
    socket.write(Buffer.concat([Buffer.from(upgradeRequest(port)), ...parts]), resolve);
  });
  socket.on('data', (bytes) => chunks.push(bytes)).resume();
  await within(new Promise((resolve) => {
    socket.once('end', resolve).once('close', resolve);
  }), 20_000, 'the end of the connection');
  socket.destroy();
  const bytes = Buffer.concat(chunks);
  return {error, frames: parseFrames(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4))};
}

const codeOf = ({frames}) => frames.at(-1)?.opcode === opcodes.close
  ? frames.at(-1).payload.readUInt16BE(0) : undefined;

describe('the close frame arrives', () => {
  const much = Buffer.alloc(8 * MIB, 0x81);
  const ends = {
    'of a frame that breaks a rule': [[hello(), frame('x', {opcode: 3})], 1002],
    'of a text that is no UTF-8': [[hello(), frame(Buffer.from([0xff]))], 1007],
    'of a message that is far too large': [[frame('x'.repeat(8 * MIB))], 1009],
    'of a token that is wrong':
      [[frame(JSON.stringify({id: 1, connect: {token: 'x'}}))], 3500],
    'of a command that breaks the protocol': [[hello(), frame('{]')], 3501],
    'of the client itself':
      [[hello(), frame(Buffer.from([0x0f, 0xa0]), {opcode: opcodes.close})], 4000],
  };
  for (const [what, [parts, code]] of Object.entries(ends)) {
    test(`${what}, at a client that sends on`, async () => {
      const got = await sendFirst(...parts, much);
      assert.equal(got.error, undefined);
      assert.equal(codeOf(got), code);
    });
  }

  test('at a client that says nothing', async () => {
    const got = await sendFirst();
    assert.equal(got.error, undefined);
    assert.equal(codeOf(got), 3502);
  });

  test('at each of many clients that send far too much', async () => {
    const wires = [];
    for (let i = 0; i < 20; ++i)
      wires.push(await connectWire(node));
    const codes = await Promise.all(wires.map(async (wire) => {
      wire.socket.send('x'.repeat(10 * MIB));
      return (await wire.end()).code;
    }));
    assert.deepEqual(codes, Array(20).fill(1009));
  });

  test('at an SDK, which does not try again for ever', async () => {
    const client = makeClient(node);
    client.connect();
    await next(client, 'connected');
    const ended = next(client, 'disconnected');
    client.rpc('roost.echo', 'x'.repeat(10 * MIB)).catch(() => {});
    assert.deepEqual(await ended, {code: 3, reason: 'message size limit exceeded'});
  });
});

test('a client that reads slowly gets all that was queued, then the close frame', async () => {
  const COUNT = 150;
  const socket = await openRaw(slow.ports.http);
  socket.write(Buffer.concat([
    frame(JSON.stringify({id: 1, connect: {token: userToken('slow')}})),
    frame(JSON.stringify({id: 2, subscribe: {channel: 'plain:slow'}}))]));
  await eventually(() => socket.received.includes('"subscribe"'));
  socket.removeAllListeners('data');
  socket.pause();
  const data = 'x'.repeat(200_000);
  await Promise.all(Array.from({length: COUNT},
    () => slow.api('publish', {channel: 'plain:slow', data})));
  await slow.api('disconnect', {user: 'slow'});

  const chunks = [];
  let budget = 0;
  socket.on('data', (bytes) => {
    chunks.push(bytes);
    budget -= bytes.length;
    if (budget < 0)
      socket.pause();
  });
  const reading = setInterval(() => { budget += 256 * 1024; socket.resume(); }, 100);
  await within(socket.gone, 60_000, 'the end of the connection');
  clearInterval(reading);
  const frames = parseFrames(Buffer.concat(chunks));
  assert.equal(frames.at(-1).payload.readUInt16BE(0), 3503);
  assert.equal(frames.filter(({payload}) => payload.includes('"pub"')).length, COUNT);
});

test('who goes on sending and never closes is cut', async () => {
  const socket = connectTcp({port, host: '127.0.0.1', allowHalfOpen: true});
  socket.on('error', () => {}).on('data', () => {});
  await once(socket, 'connect');
  const closed = new Promise((resolve) => { socket.once('close', resolve); });
  socket.write(Buffer.concat([Buffer.from(upgradeRequest(port)), frame('x', {opcode: 3})]));
  const pouring = setInterval(() => socket.write(Buffer.alloc(1000)), 50);
  await within(closed, 15_000, 'the cut');
  clearInterval(pouring);
});

test('who is told to go and sends messages in place of that is cut', async () => {
  const socket = await openRaw(port);
  socket.write(frame(JSON.stringify({id: 1, connect: {token: userToken('deaf')}})));
  await eventually(() => socket.received.includes('"connect"'));
  const message = frame(JSON.stringify({id: 2, rpc: {method: 'x'.repeat(1000)}}));
  const many = Buffer.concat(Array(500).fill(message));
  const pouring = setInterval(() => {
    if (socket.writableLength === 0)
      socket.write(many);
  }, 20);
  const closed = new Promise((resolve) => { socket.once('close', resolve); });
  await node.api('disconnect', {user: 'deaf'});
  await within(closed, 15_000, 'the cut').finally(() => {
    clearInterval(pouring);
    socket.destroy();
  });
});

const folder = temporaryFolder();
const [key, certificate] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
  'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
  '-keyout', key, '-out', certificate], {stdio: 'ignore'});
const safe = await testNode({http: {tls_certificate: certificate, tls_key: key}});

describe('over TLS the close frame arrives', () => {
  const url = safe.webSocketUrl.replace('ws:', 'wss:');

  const dial = async () => {
    const socket = new WebSocket(url, {rejectUnauthorized: false, perMessageDeflate: false});
    socket.on('error', (error) => { socket.failed = error; });
    const closed = once(socket, 'close');
    await once(socket, 'open');
    return {socket, closed};
  };

  test('at each of many clients that send far too much', async () => {
    const codes = await Promise.all(Array.from({length: 20}, async () => {
      const {socket, closed} = await dial();
      socket.send('x'.repeat(10 * MIB));
      return (await within(closed, 20_000, 'the end'))[0];
    }));
    assert.deepEqual(codes, Array(20).fill(1009));
  });

  test('behind all the answers to a client that sends much at once', async () => {
    const {socket, closed} = await dial();
    const heard = [];
    socket.on('message', (data) => heard.push(...String(data).split('\n')));
    socket.send(JSON.stringify({id: 1, connect: {token: userToken('alice')}}));
    for (let id = 2; id < 60; ++id)
      socket.send(JSON.stringify({id, rpc: {method: 'roost.echo', data: 'x'.repeat(5000)}}));
    socket.send('{]');
    assert.equal((await within(closed, 20_000, 'the end'))[0], 3501);
    assert.equal(heard.length, 59);
  });

  test('at a client that breaks a rule', async () => {
    const {socket, closed} = await dial();
    socket._socket.write(frame('x', {opcode: 3}));
    assert.equal((await within(closed, 20_000, 'the end'))[0], 1002);
  });

  test('after a close of the client, and then the end of TLS', async () => {
    const {socket, closed} = await dial();
    const ended = once(socket._socket, 'end'); // not an error: close_notify came
    socket.close(4001);
    assert.equal((await within(closed, 20_000, 'the end'))[0], 4001);
    await ended;
    assert.equal(socket.failed, undefined);
  });
});
