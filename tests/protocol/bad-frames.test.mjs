// WebSocket frames and upgrades that no honest client sends (RFC 6455).
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {eventually, within} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {closeCode, frame, opcodes, openRaw, openTcp, parseFrames, upgradeRequest}
  from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode({websocket: {message_size_limit: 65_536}});
const wide = await testNode({websocket: {message_size_limit: '1MiB'}});
const {http: port} = node.ports;

// A client that is there all the time must notice nothing.
const witness = await connectWire(node, {user: 'witness'});

const connectText = (token = userToken('alice')) =>
  JSON.stringify({id: 1, connect: {token}});

/** Sends bytes over a fresh WebSocket; resolves with the close code. */
async function codeAfter(...parts) {
  const socket = await openRaw(port);
  for (const part of parts)
    socket.write(part);
  return closeCode(socket);
}

describe('a frame', () => {
  const wrong = {
    'without a mask': [[frame(connectText(), {mask: false})], 1002],
    'with reserved bit 1': [[frame(connectText(), {reserved: 0x40})], 1002],
    'with reserved bit 2': [[frame(connectText(), {reserved: 0x20})], 1002],
    'with reserved bit 3': [[frame(connectText(), {reserved: 0x10})], 1002],
    'with opcode 3': [[frame('x', {opcode: 3})], 1002],
    'with opcode 7': [[frame('x', {opcode: 7})], 1002],
    'with opcode 11': [[frame('x', {opcode: 11})], 1002],
    'with opcode 15': [[frame('x', {opcode: 15})], 1002],
    'that is half a ping': [[frame('x', {opcode: opcodes.ping, final: false})], 1002],
    'that is half a close': [[frame('', {opcode: opcodes.close, final: false})], 1002],
    'that is a ping of 126 bytes':
      [[frame('x'.repeat(126), {opcode: opcodes.ping})], 1002],
    'that goes on with nothing':
      [[frame('x', {opcode: opcodes.continuation})], 1002],
    'that starts a message inside another':
      [[frame('{', {final: false}), frame('{', {final: true})], 1002],
    'that closes with one byte': [[frame('x', {opcode: opcodes.close})], 1002],
    'that closes with a reserved code':
      [[frame(Buffer.from([0x03, 0xed]), {opcode: opcodes.close})], 1002],
    'that is text and no UTF-8':
      [[frame(Buffer.from([0x22, 0xff, 0xfe, 0x22]))], 1007],
    'with UTF-8 that is cut':
      [[frame(Buffer.from([0x22, 0xe2, 0x82]))], 1007],
    'with a surrogate in UTF-8':
      [[frame(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))], 1007],
    'above the size limit': [[frame('x'.repeat(65_537))], 1009],
    'in pieces that are too much together': [[
      frame('x'.repeat(40_000), {final: false}),
      frame('x'.repeat(40_000), {opcode: opcodes.continuation})], 1009],
    'that promises 2^63 bytes': [[Buffer.concat([
      Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])])], undefined],
    'that promises 4 GiB': [[frame('x', {length: 2 ** 32})], 1009],
  };
  for (const [what, [parts, code]] of Object.entries(wrong)) {
    test(`${what} ends the connection${code ? ` with ${code}` : ''}`, async () => {
      const got = await codeAfter(...parts);
      if (code)
        assert.equal(got, code);
      else // The length is no number that the RFC allows: either answer is right.
        assert.ok([undefined, 1002, 1009].includes(got), `code ${got}`);
    });
  }

  test('behind good ones does not keep their answers back', async () => {
    const socket = await openRaw(port);
    const commands = [
      {id: 1, connect: {token: userToken('alice')}},
      {id: 2, subscribe: {channel: 'plain:behind'}},
      {id: 3, rpc: {method: 'roost.echo', data: 'echo'}},
      {id: 4, publish: {channel: 'plain:behind', data: 'publication'}},
    ];
    socket.write(Buffer.concat([
      ...commands.map((command) => frame(JSON.stringify(command))),
      frame('x', {opcode: 3})]));
    await within(socket.gone, 20_000, 'the end of the connection');
    const frames = parseFrames(socket.received);
    const end = frames.pop();
    assert.equal(end.payload.readUInt16BE(0), 1002);
    assert.match(end.payload.toString(), /an opcode is unknown/);
    const replies = frames.flatMap(({payload}) => payload.toString().trim().split('\n'))
      .map((line) => JSON.parse(line));
    assert.deepEqual(replies.map(({id}) => id).filter(Boolean), [1, 2, 3, 4]);
    assert.ok(replies.every(({error}) => error === undefined));
  });

  test('above 64 KiB is not read of somebody who has not connected', async () => {
    const open = () => openRaw(wide.ports.http);
    const stranger = await open();
    stranger.write(frame('x', {length: 65_537}));
    assert.equal(await closeCode(stranger), 1009);
    const client = await open();
    client.write(Buffer.concat([frame(connectText()), frame(JSON.stringify(
      {id: 2, rpc: {method: 'roost.echo', data: 'x'.repeat(100_000)}}))]));
    await eventually(() => client.received.length > 100_000);
    client.destroy();
  });

  test('of exactly the size limit is read', async () => {
    const start = '{"id":2,"rpc":{"method":"roost.echo","data":"';
    const end = '"}}';
    const text = start + 'x'.repeat(65_536 - start.length - end.length) + end;
    assert.equal(text.length, 65_536);
    const wire = await connectWire(node);
    wire.send(text);
    assert.ok((await wire.reply(2)).rpc);
  });

  test('may be in pieces with a ping between them', async () => {
    const socket = await openRaw(port);
    const text = connectText();
    socket.write(frame(text.slice(0, 10), {final: false}));
    socket.write(frame('hello', {opcode: opcodes.ping}));
    socket.write(frame('', {opcode: opcodes.continuation, final: false}));
    socket.write(frame(text.slice(10), {opcode: opcodes.continuation}));
    await eventually(() => {
      const frames = parseFrames(socket.received);
      return frames.some(({opcode, payload}) =>
        opcode === opcodes.pong && payload.toString() === 'hello')
        && frames.some(({payload}) => payload.toString().includes('"client"'));
    });
    socket.destroy();
  });

  test('of the server is never masked, and a close is answered', async () => {
    const socket = await openRaw(port);
    socket.write(frame(Buffer.from([0x03, 0xe8]), {opcode: opcodes.close}));
    assert.equal(await closeCode(socket), 1000);
  });
});

describe('an upgrade', () => {
  test('is answered as the RFC says', async () => {
    const socket = await openRaw(port);
    assert.match(socket.handshake, /^HTTP\/1\.1 101 /);
    assert.ok(socket.handshake.toLowerCase()
      .includes(`sec-websocket-accept: ${socket.expectedAccept.toLowerCase()}`));
    socket.destroy();
  });

  const status = async (request) => {
    const socket = await openTcp(port);
    socket.write(request);
    const line = await eventually(() => /^HTTP\/1\.[01] (\d+)/.exec(socket.received));
    socket.destroy();
    return Number(line[1]);
  };

  test('without what the RFC asks for is refused', async () => {
    const without = (headers) => status(upgradeRequest(port, headers));
    assert.equal(await without({'Sec-WebSocket-Version': '12'}), 426);
    for (const headers of [{'Sec-WebSocket-Key': undefined},
      {'Sec-WebSocket-Version': undefined}, {Upgrade: undefined},
      {Connection: 'keep-alive'}]) {
      const got = await without(headers);
      assert.ok(got >= 400 && got < 500, `${JSON.stringify(headers)}: ${got}`);
    }
    const post = upgradeRequest(port).replace('GET', 'POST');
    const got = await status(post);
    assert.ok(got >= 400 && got < 500, `POST: ${got}`);
  });

  test('may have its first frames behind it', async () => {
    const socket = await openTcp(port);
    const echo = {id: 2, rpc: {method: 'roost.echo', data: 'early'}};
    socket.write(Buffer.concat([Buffer.from(upgradeRequest(port)),
      frame(connectText()), frame(JSON.stringify(echo))]));
    await eventually(() => socket.received.includes('"data":"early"'));
    socket.destroy();
  });

  test('elsewhere is not found', async () => {
    assert.equal(await status(upgradeRequest(port, {}, '/elsewhere')), 404);
  });
});

test('leaves every other client alone', async () => {
  const {rpc} = await witness.ask({rpc: {method: 'roost.echo', data: 'still here'}});
  assert.equal(rpc.data, 'still here');
});
