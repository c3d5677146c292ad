// Recovery: exactly what was missed, or a clear word that it is lost.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';

const node = await testNode({client: {recovery_max_publication_limit: 20}});
let rooms = 0;
const fresh = (namespace) => `${namespace}:recovery-${++rooms}`;

const publish = (channel, data) => node.api('publish', {channel, data});

async function publishMany(channel, first, last) {
  for (let i = first; i <= last; ++i)
    await publish(channel, {i});
}

/** Subscribes by hand; resolves with the result. */
async function result(request, wire) {
  const own = wire ?? await connectWire(node);
  const {subscribe: answer, error} = await own.ask({subscribe: request});
  if (!wire)
    own.disconnect();
  assert.equal(error, undefined);
  return answer;
}

const offsets = ({publications = []}) => publications.map(({offset}) => offset);

describe('a subscription to a room with recovery', () => {
  test('starts at the top of the stream', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 3);
    const answer = await result({channel});
    assert.equal(typeof answer.epoch, 'string');
    assert.ok(answer.epoch.length > 0);
    const {epoch, ...rest} = answer;
    assert.deepEqual(rest, {recoverable: true, positioned: true, offset: 3});
  });

  test('starts at 0, which is left out, in a new room', async () => {
    const {epoch, ...rest} = await result({channel: fresh('chat')});
    assert.ok(epoch);
    assert.deepEqual(rest, {recoverable: true, positioned: true});
  });

  test('recovers exactly what was missed', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 6);
    const {epoch} = await result({channel});
    const answer = await result({channel, recover: true, epoch, offset: 2});
    assert.deepEqual(offsets(answer), [3, 4, 5, 6]);
    assert.deepEqual(answer.publications.map(({data}) => data.i), [3, 4, 5, 6]);
    const {recovered, was_recovering: was, offset} = answer;
    assert.deepEqual({recovered, was, offset}, {recovered: true, was: true, offset: 2});
  });

  test('recovers nothing when nothing was missed', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 4);
    const {epoch} = await result({channel});
    const answer = await result({channel, recover: true, epoch, offset: 4});
    assert.deepEqual(offsets(answer), []);
    assert.equal(answer.recovered, true);
    assert.equal(answer.was_recovering, true);
    assert.equal(answer.offset, 4);
  });

  test('recovers from the start with an empty epoch', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 2);
    const answer = await result({channel, recover: true, offset: 0});
    assert.deepEqual(offsets(answer), [1, 2]);
    assert.equal(answer.recovered, true);
  });

  const lost = async (channel, request, top) => {
    const answer = await result({channel, recover: true, ...request});
    assert.deepEqual(offsets(answer), []);
    assert.ok(!answer.recovered);
    assert.equal(answer.was_recovering, true);
    assert.equal(answer.offset, top);
  };

  test('says so when the epoch is another', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 3);
    await lost(channel, {epoch: 'elsewhere', offset: 2}, 3);
  });

  test('says so when the history no longer reaches back', async () => {
    const channel = fresh('short');
    await publishMany(channel, 1, 8);
    const {epoch} = await result({channel});
    await lost(channel, {epoch, offset: 2}, 8);
    const answer = await result({channel, recover: true, epoch, offset: 5});
    assert.deepEqual(offsets(answer), [6, 7, 8]);
    assert.equal(answer.recovered, true);
  });

  test('says so when it missed more than the limit', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 25);
    const {epoch} = await result({channel});
    await lost(channel, {epoch, offset: 4}, 25);
    assert.deepEqual(offsets(await result({channel, recover: true, epoch, offset: 5})).length, 20);
  });

  test('says so when its offset is above the stream', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 3);
    const {epoch} = await result({channel});
    await lost(channel, {epoch, offset: 9}, 3);
  });

  test('answers 112 in place of that when the client asks so', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 3);
    const wire = await connectWire(node);
    const {error} = await wire.ask({subscribe:
      {channel, recover: true, epoch: 'elsewhere', offset: 1, flag: 2}});
    assert.equal(error.code, 112);
  });

  test('gives only the newest publication in cache mode', async () => {
    const channel = fresh('cache');
    await publishMany(channel, 1, 5);
    const answer = await result({channel, recover: true, epoch: '', offset: 0});
    assert.deepEqual(offsets(answer), [5]);
    assert.equal(answer.recovered, true);
    const again = await result({channel, recover: true, epoch: answer.epoch, offset: 5});
    assert.deepEqual(offsets(again), []);
    assert.equal(again.recovered, true);
  });

  test('is recoverable elsewhere only for who asks', async () => {
    const channel = fresh('asked');
    await publishMany(channel, 1, 2);
    assert.deepEqual(await result({channel}), {});
    const {recoverable, positioned, offset} = await result({channel, recoverable: true});
    assert.deepEqual({recoverable, positioned, offset},
      {recoverable: true, positioned: true, offset: 2});
    const asked = await result({channel, positioned: true});
    assert.ok(!asked.recoverable);
    assert.equal(asked.positioned, true);
  });

  test('cannot be forced by a client where it is not allowed', async () => {
    assert.deepEqual(await result({channel: fresh('plain'), recoverable: true,
      positioned: true, recover: true, offset: 3, epoch: 'x', join_leave: true}), {});
  });

  test('keeps its position after the history is removed', async () => {
    const channel = fresh('chat');
    await publishMany(channel, 1, 3);
    const before = await result({channel});
    await node.api('history_remove', {channel});
    const after = await result({channel});
    assert.deepEqual(after, before);
    await lost(channel, {epoch: before.epoch, offset: 1}, 3);
    await publish(channel, {});
    assert.deepEqual(offsets(await result(
      {channel, recover: true, epoch: before.epoch, offset: 3})), [4]);
  });
});

describe('publications during a subscribe', () => {
  test('come once each, after the answer, without a gap', async () => {
    const channel = fresh('chat');
    let going = true;
    const flood = (async () => {
      let sent = 0;
      while (going)
        await publish(channel, {i: ++sent});
      return sent;
    })();
    const wires = await Promise.all(
      Array.from({length: 8}, (_, i) => connectWire(node, {user: `user-${i}`})));
    const firsts = await Promise.all(wires.map((wire) => result({channel}, wire)));
    await eventually(() => wires.every(({pushes}) =>
      pushes.filter(({pub}) => pub).length > 10));
    going = false;
    const sent = await flood;
    for (const [index, wire] of wires.entries()) {
      const start = firsts[index].offset ?? 0;
      const got = () => wire.pushes.filter(({pub}) => pub).map(({pub}) => pub.offset);
      await eventually(() => got().at(-1) === sent);
      assert.deepEqual(got(), Array.from({length: sent - start}, (_, i) => start + i + 1));
    }
  });
});

for (const codec of codecs) {
  describe(`the ${codec.name} client`, () => {
    const value = ({data}) => codec.unpack(data).i;

    test('gets what it missed while it was away', async () => {
      const channel = fresh('chat');
      const client = await connect(node, {codec});
      const room = await subscribe(client, channel);
      await publishMany(channel, 1, 3);
      await eventually(() => room.seen.length === 3);
      client.disconnect();
      await publishMany(channel, 4, 8);
      const again = next(room, 'subscribed');
      client.connect();
      const {wasRecovering, recovered} = await again;
      assert.deepEqual({wasRecovering, recovered}, {wasRecovering: true, recovered: true});
      await publishMany(channel, 9, 10);
      await eventually(() => room.seen.length === 10);
      assert.deepEqual(room.seen.map(value), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    test('is told when what it missed is lost', async () => {
      const channel = fresh('short');
      const client = await connect(node, {codec});
      const room = await subscribe(client, channel);
      await publish(channel, {i: 1});
      await eventually(() => room.seen.length === 1);
      client.disconnect();
      await publishMany(channel, 2, 9);
      const again = next(room, 'subscribed');
      client.connect();
      const {wasRecovering, recovered, streamPosition} = await again;
      assert.deepEqual({wasRecovering, recovered}, {wasRecovering: true, recovered: false});
      assert.equal(streamPosition.offset, 9);
    });

    test('starts from a position that it kept', async () => {
      const channel = fresh('chat');
      await publishMany(channel, 1, 5);
      const {epoch} = await result({channel});
      const client = await connect(node, {codec});
      const room = await subscribe(client, channel, {since: {offset: 3, epoch}});
      await eventually(() => room.seen.length === 2);
      assert.deepEqual(room.seen.map(value), [4, 5]);
    });
  });
}
