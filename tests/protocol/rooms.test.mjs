// What members of a room can do, with both builds of the npm client.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode();
let rooms = 0;

/** A room that no other test knows. */
const fresh = (namespace) => `${namespace}:room-${++rooms}`;

for (const codec of codecs) {
  const {pack, unpack} = codec;
  const connectAs = (user, more) => connect(node, {codec, user, ...more});

  describe(`the ${codec.name} client`, () => {
    test('publishes, and every member receives it in order', async () => {
      const channel = fresh('chat');
      const [alice, bob] = [await connectAs('alice'), await connectAs('bob')];
      const [a, b] = [await subscribe(alice, channel), await subscribe(bob, channel)];
      for (let i = 1; i <= 20; ++i)
        await (i % 2 ? a : b).publish(pack({i}));
      for (const {seen} of [a, b]) {
        await eventually(() => seen.length >= 20);
        assert.deepEqual(seen.map(({data}) => unpack(data).i),
          Array.from({length: 20}, (_, i) => i + 1));
        assert.deepEqual(seen.map(({offset}) => offset),
          Array.from({length: 20}, (_, i) => i + 1));
        assert.equal(seen[0].info.user, 'alice');
        assert.equal(seen[0].info.client, alice.id);
        assert.equal(seen[1].info.user, 'bob');
      }
    });

    test('sees no offsets in a room without history', async () => {
      const alice = await connectAs('alice');
      const room = await subscribe(alice, fresh('plain'));
      assert.equal(room.first.positioned, false);
      assert.equal(room.first.recoverable, false);
      await room.publish(pack('hello'));
      await eventually(() => room.seen.length === 1);
      assert.equal(unpack(room.seen[0].data), 'hello');
      assert.ok(!room.seen[0].offset);
    });

    test('carries every kind of JSON value unchanged', async () => {
      const alice = await connectAs('alice');
      const room = await subscribe(alice, fresh('chat'));
      const values = [{}, [], 0, -1.5e300, true, '', 'ünï\u2028cödé 🐦',
        {deep: {er: [{x: [[[]]]}]}}, 'line\nbreak\t"quote"\\'];
      for (const value of values)
        await room.publish(pack(value));
      await eventually(() => room.seen.length === values.length);
      assert.deepEqual(room.seen.map(({data}) => unpack(data)), values);
    });

    test('refuses to publish nothing', async () => {
      const alice = await connectAs('alice');
      const room = await subscribe(alice, fresh('chat'));
      await assert.rejects(room.publish(codec.name === 'JSON' ? null : new Uint8Array()),
        {code: 107});
    });

    test('shares rooms with clients of the other format', async () => {
      const channel = fresh('chat');
      const other = codecs.find(({name}) => name !== codec.name);
      const mine = await subscribe(await connectAs('alice'), channel);
      const theirs = await subscribe(
        await connect(node, {codec: other, user: 'bob'}), channel);
      await mine.publish(pack({from: 'me'}));
      await theirs.publish(other.pack({from: 'them'}));
      await eventually(() => mine.seen.length === 2 && theirs.seen.length === 2);
      assert.deepEqual(mine.seen.map(({data}) => unpack(data).from), ['me', 'them']);
      assert.deepEqual(theirs.seen.map(({data}) => other.unpack(data).from),
        ['me', 'them']);
    });

    test('sees who is there, and hears who comes and goes', async () => {
      const channel = fresh('chat');
      const alice = await connectAs('alice', {token:
        userToken('alice', {info: {nick: 'Al'}})});
      const a = await subscribe(alice, channel);
      const bob = await connectAs('bob');
      const b = await subscribe(bob, channel);
      await eventually(() => a.joins.some(({client}) => client === bob.id));

      const {clients} = await a.presence();
      assert.deepEqual(Object.keys(clients).sort(), [alice.id, bob.id].sort());
      assert.equal(clients[alice.id].user, 'alice');
      assert.deepEqual(unpack(clients[alice.id].connInfo), {nick: 'Al'});
      const {numClients, numUsers} = await a.presenceStats();
      assert.deepEqual({numClients, numUsers}, {numClients: 2, numUsers: 2});

      b.unsubscribe();
      await eventually(() => a.leaves.some(({client}) => client === bob.id));
      assert.deepEqual(Object.keys((await a.presence()).clients), [alice.id]);
    });

    test('leaves its rooms when its connection ends', async () => {
      const channel = fresh('chat');
      const a = await subscribe(await connectAs('alice'), channel);
      const bob = await connectAs('bob');
      await subscribe(bob, channel);
      await eventually(() => a.joins.length === 2);
      bob.disconnect();
      await eventually(() => a.leaves.length === 1);
      assert.equal(a.leaves[0].user, 'bob');
      assert.equal((await a.presenceStats()).numClients, 1);
    });

    test('counts a user with two connections once', async () => {
      const channel = fresh('chat');
      const a = await subscribe(await connectAs('alice'), channel);
      await subscribe(await connectAs('alice'), channel);
      const {numClients, numUsers} = await a.presenceStats();
      assert.deepEqual({numClients, numUsers}, {numClients: 2, numUsers: 1});
    });

    test('reads history by limit, position and direction', async () => {
      const room = await subscribe(await connectAs('alice'), fresh('chat'));
      for (let i = 1; i <= 10; ++i)
        await room.publish(pack(i));
      const read = async (options) => {
        const {publications, offset, epoch} = await room.history(options);
        assert.equal(offset, 10);
        assert.ok(epoch);
        return {offsets: publications.map((pub) => pub.offset), epoch, publications};
      };
      const all = await read({limit: -1});
      assert.deepEqual(all.offsets, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      assert.equal(unpack(all.publications[9].data), 10);
      assert.equal(all.publications[0].info.user, 'alice');
      const {epoch} = all;
      assert.deepEqual((await read({limit: 0})).offsets, []);
      assert.deepEqual((await read({limit: 3})).offsets, [1, 2, 3]);
      assert.deepEqual((await read({limit: 3, reverse: true})).offsets, [10, 9, 8]);
      assert.deepEqual((await read({limit: 2, since: {offset: 4, epoch}})).offsets, [5, 6]);
      assert.deepEqual((await read({limit: -1, since: {offset: 8, epoch}})).offsets, [9, 10]);
      assert.deepEqual((await read({limit: 2, since: {offset: 4, epoch}, reverse: true}))
        .offsets, [3, 2]);
      await assert.rejects(room.history({limit: 1, since: {offset: 1, epoch: 'other'}}),
        {code: 112});
      await assert.rejects(room.history({limit: 1, since: {offset: 0, epoch}, reverse: true}),
        {code: 107});
    });

    test('keeps as many publications as the namespace says', async () => {
      const room = await subscribe(await connectAs('alice'), fresh('short'));
      for (let i = 1; i <= 5; ++i)
        await room.publish(pack(i));
      const {publications, offset} = await room.history({limit: -1});
      assert.equal(offset, 5);
      assert.deepEqual(publications.map((pub) => pub.offset), [3, 4, 5]);
    });

    test('calls roost.echo, and no other method', async () => {
      const alice = await connectAs('alice');
      const {data} = await alice.rpc('roost.echo', pack({ping: [1, 2]}));
      assert.deepEqual(unpack(data), {ping: [1, 2]});
      await assert.rejects(alice.rpc('no.such', pack({})), {code: 108});
    });

    test('unsubscribes and hears no more', async () => {
      const channel = fresh('chat');
      const a = await subscribe(await connectAs('alice'), channel);
      const b = await subscribe(await connectAs('bob'), channel);
      a.unsubscribe();
      await eventually(() => b.leaves.length === 1);
      await b.publish(pack('for bob alone'));
      await eventually(() => b.seen.length === 1);
      assert.equal(a.seen.length, 0);
      a.subscribe();
      await next(a, 'subscribed');
      await b.publish(pack('for both'));
      await eventually(() => a.seen.some(({data}) => unpack(data) === 'for both'));
    });
  });
}
