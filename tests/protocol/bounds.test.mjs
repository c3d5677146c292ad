// What waits for a client has a bound in bytes, and its memory comes back.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {frame, openRaw} from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';

const QUEUE_BYTES = 262_144;
const DATA = 'x'.repeat(20_000);
const READERS = 10;
// What breaks the bound is queued when it is seen: one publication, framed.
const MOST_QUEUED = QUEUE_BYTES + DATA.length + 256;

const node = await testNode({
  client: {queue_max_size: QUEUE_BYTES},
  // The queue is what ends them, not a write that stands still.
  websocket: {write_timeout: '60s'},
});

/** A member of `channel` that reads nothing any more. */
async function deafMember(channel, user) {
  const socket = await openRaw(node.ports.http);
  socket.write(frame(JSON.stringify({id: 1, connect: {token: userToken(user)}})));
  socket.write(frame(JSON.stringify({id: 2, subscribe: {channel}})));
  await eventually(() => socket.received.includes('"recoverable":true'));
  socket.pause();
  return socket;
}

const tooSlow = () =>
  node.metric('centrifugo_client_num_server_disconnects', 'code="3008"');

/** Publishes until every deaf member was cut; resolves with the most that was
 * queued at once. */
async function publishUntilCut(channel, members) {
  const already = (await tooSlow()) ?? 0;
  let most = 0;
  await eventually(async () => {
    await node.api('publish', {channel, data: DATA});
    most = Math.max(most, await node.metric('roost_client_queued_bytes'));
    return await tooSlow() === already + members;
  }, {withinMs: 100_000, what: 'the end of who never reads'});
  return most;
}

async function residentBytes() {
  const status = await readFile(`/proc/${node.child.pid}/status`, 'utf8');
  return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]);
}

describe('a reader that stops', () => {
  test('is cut at the configured number of bytes', async () => {
    const channel = 'chat:one-deaf';
    const socket = await deafMember(channel, 'deaf');
    const most = await publishUntilCut(channel, 1);
    assert.ok(most <= MOST_QUEUED, `${most} bytes were queued`);
    // What was allowed to wait did wait: it was cut no sooner.
    assert.ok(most > QUEUE_BYTES - 2 * DATA.length, `only ${most} bytes were queued`);
    socket.destroy();
    await eventually(async () => await node.metric('roost_client_queued_bytes') === 0);
  });

  test('slows nobody else in the room', async () => {
    const channel = 'chat:deaf-beside';
    const socket = await deafMember(channel, 'deaf');
    const listener = await connectWire(node, {user: 'listener'});
    await listener.ask({subscribe: {channel}});
    await publishUntilCut(channel, 1);
    const {offset} = await node.api('publish', {channel, data: 'the last'});
    const received = () => listener.pushes.filter(({pub}) => pub).map(({pub}) => pub.offset);
    await eventually(() => received().at(-1) === offset);
    assert.deepEqual(received(), Array.from({length: offset}, (_, i) => i + 1));
    socket.destroy();
  });

  const skip = process.env.ASAN_OPTIONS && 'a sanitizer keeps what is freed';
  test('gives its memory back', {skip}, async () => {
    const round = async (name) => {
      const channel = `chat:${name}`;
      const sockets = await Promise.all(Array.from({length: READERS},
        (_, i) => deafMember(channel, `deaf-${i}`)));
      const most = await publishUntilCut(channel, READERS);
      assert.ok(most <= READERS * MOST_QUEUED, `${most} bytes were queued`);
      sockets.forEach((socket) => socket.destroy());
      await eventually(async () =>
        await node.metric('roost_client_queued_bytes') === 0
        && await node.metric('centrifugo_node_num_clients') === 1);
      await node.api('history_remove', {channel});
      return residentBytes();
    };
    const first = await round('round-0');
    let last = first;
    for (let i = 1; i <= 2; ++i)
      last = await round(`round-${i}`);
    assert.ok(last < first + READERS * QUEUE_BYTES,
      `${first} bytes after the first round, ${last} after the last`);
  });
});
