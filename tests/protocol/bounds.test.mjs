// What waits for a client has a bound in bytes, and its memory comes back.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {makeCertificates} from '../support/certificates.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {offsetsOf, openReader, readerTransports} from '../support/readers.mjs';

const QUEUE_BYTES = 1_048_576;
const DATA = 'x'.repeat(100_000);
const READERS = 10;
// What breaks the bound is queued when it is seen: one publication, framed. Long
// polling keeps the answer that it gave last, too, which is that to the connect.
const MOST_QUEUED = QUEUE_BYTES + DATA.length + 1024;

const bounds = {
  node: {lanes: 1}, // all of them are neighbours
  client: {queue_max_size: QUEUE_BYTES},
  // The queue is what ends them, not a write that stands still.
  websocket: {write_timeout: '60s'},
};
const node = await testNode(bounds);
const {certificate, key} = makeCertificates();
const secure = await testNode(
  {...bounds, http: {tls_certificate: certificate, tls_key: key}});

const tooSlow = async (at) =>
  await at.metric('centrifugo_client_num_server_disconnects', 'code="3008"') ?? 0;

const upTo = (count) => Array.from({length: count}, (_, i) => i + 1);

/**
 * Publishes until so many readers were cut; resolves with the most that was
 * queued at once, and with the last offset. `watch` is called after each.
 */
async function publishUntilCut(at, channel, {readers = 1, watch = () => {}} = {}) {
  const already = await tooSlow(at);
  let most = 0;
  for (let i = 0; i < 5000; ++i) { // more than the kernel holds
    const {offset} = await at.api('publish', {channel, data: DATA});
    await watch(offset);
    most = Math.max(most, await at.metric('roost_client_queued_bytes'));
    if (await tooSlow(at) === already + readers)
      return {most, offset};
  }
  throw new Error('who never reads was not cut');
}

/** A reader that stops is cut where the bound is, told why, and delays nobody. */
async function cutsAtTheBound(at, transport, channel) {
  const reader = await openReader(transport, at, channel);
  const neighbour = await openReader('http_stream', at, channel, {user: 'neighbour'});
  reader.stop();
  const {most, offset} = await publishUntilCut(at, channel, {
    // Each comes while the reader's queue grows.
    watch: (last) => neighbour.hears(last, 5000),
  });
  assert.ok(most <= MOST_QUEUED, `${most} bytes were queued`);
  // What was allowed to wait did wait: it was cut no sooner.
  assert.ok(most > QUEUE_BYTES - 2 * DATA.length, `only ${most} bytes were queued`);
  assert.deepEqual(offsetsOf(neighbour.read()), upTo(offset));
  const got = await reader.rest();
  assert.deepEqual(got.end, {code: 3008, reason: 'slow'});
  // What it had before the end is whole, in order and without a hole.
  const offsets = offsetsOf(got);
  assert.deepEqual(offsets, upTo(offsets.length));
  assert.ok(offsets.length < offset);
  reader.leave();
  neighbour.leave();
  await eventually(async () => await at.metric('roost_client_queued_bytes') === 0
    && await at.metric('centrifugo_client_connections_inflight') === 0);
}

describe('a reader that stops is cut at the bound of its queue, and told why', () => {
  for (const transport of readerTransports)
    test(`over ${transport}`, () => cutsAtTheBound(node, transport, `chat:deaf-${transport}`));

  for (const transport of ['http_stream', 'sse'])
    test(`over ${transport} under TLS`, () =>
      cutsAtTheBound(secure, transport, `chat:deaf-${transport}`));
});

describe('a client of long polling that does not poll', () => {
  test('has no session any more once it has heard why', async () => {
    const reader = await openReader('poll', node, 'chat:deaf-gone');
    await publishUntilCut(node, 'chat:deaf-gone');
    const {messages} = await reader.rest();
    assert.equal(messages.at(-1).push.disconnect.code, 3008);
    assert.equal((await reader.session.poll()).status, 404);
  });
});

describe('many readers over WebSocket that stop', () => {
  const skip = process.env.ASAN_OPTIONS && 'a sanitizer keeps what is freed';
  test('give their memory back', {skip}, async () => {
    const round = async (name) => {
      const channel = `chat:${name}`;
      const readers = await Promise.all(upTo(READERS).map((i) =>
        openReader('websocket', node, channel, {user: `deaf-${i}`})));
      readers.forEach((reader) => reader.stop());
      const {most} = await publishUntilCut(node, channel, {readers: READERS});
      assert.ok(most <= READERS * MOST_QUEUED, `${most} bytes were queued`);
      readers.forEach((reader) => reader.leave());
      await eventually(async () =>
        await node.metric('roost_client_queued_bytes') === 0
        && await node.metric('centrifugo_client_connections_inflight') === 0);
      await node.api('history_remove', {channel});
      return node.residentBytes;
    };
    const first = await round('round-0');
    let last = first;
    for (const i of upTo(2))
      last = await round(`round-${i}`);
    assert.ok(last < first + READERS * QUEUE_BYTES,
      `${first} bytes after the first round, ${last} after the last`);
  });
});
