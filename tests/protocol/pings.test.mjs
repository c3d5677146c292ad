// Ping frames of a client: answered in order, and within bounds when it does
// not read the answers (RFC 6455, sections 5.5.2 and 5.5.3).
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {frame, opcodes, openRaw, parseFrames} from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';

const MIB = 1 << 20;

const node = await testNode({
  client: {stale_close_delay: '60s'},
  // Who does not read stays, so that what waits for him can be seen.
  websocket: {write_timeout: '60s'},
});

const ping = (payload) => frame(payload, {opcode: opcodes.ping});

const pongs = (socket) => parseFrames(socket.received)
  .filter(({opcode}) => opcode === opcodes.pong)
  .map(({payload}) => payload.toString());

/** Writes `bytes` again and again, `total` bytes or until nobody takes more. */
async function pour(socket, bytes, total) {
  for (let sent = 0; sent < total; sent += bytes.length)
    await new Promise((resolve) => { socket.write(bytes, resolve); });
}

describe('pings', () => {
  test('are answered in order, with what they carry', async () => {
    const socket = await openRaw(node.ports.http);
    const sent = Array.from({length: 500}, (_, i) => `${i} ${'x'.repeat(i % 100)}`);
    socket.write(Buffer.concat(sent.map(ping)));
    await eventually(() => pongs(socket).length >= sent.length);
    assert.deepEqual(pongs(socket), sent);
    socket.destroy();
  });

  const deaf = {
    'before a connect': [],
    'of a client that is connected': [frame(JSON.stringify(
      {id: 1, connect: {token: userToken('deaf')}}))],
  };
  for (const [who, first] of Object.entries(deaf)) {
    test(`${who} whose answers nobody reads take no memory`, async () => {
      const witness = await connectWire(node, {user: 'witness'});
      const before = node.residentBytes;
      const socket = await openRaw(node.ports.http);
      first.forEach((bytes) => socket.write(bytes));
      await eventually(() => first.length === 0 || socket.received.length > 0);
      socket.pause();
      await pour(socket, Buffer.concat(Array(500).fill(ping('x'.repeat(125)))),
        64 * MIB);
      const queued = await node.metric('roost_client_queued_bytes');
      assert.ok(queued > 0, 'the kernel took every pong: nothing was tested');
      assert.ok(queued <= 16 * 1024 + 127, `${queued} bytes wait`);
      const more = node.residentBytes - before;
      // A sanitizer keeps what is freed.
      assert.ok(process.env.ASAN_OPTIONS || more < 16 * MIB, `${more} bytes more`);

      // Who reads again finds the newest among the answers.
      socket.write(ping('the last'));
      socket.resume();
      await eventually(() => socket.received.subarray(-32).includes('the last'));
      socket.destroy();
      const {rpc} = await witness.ask({rpc: {method: 'roost.echo', data: 'here'}});
      assert.equal(rpc.data, 'here');
    });
  }
});
