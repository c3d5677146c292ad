// Clients on different nodes in one room.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, subscribe} from '../support/clients.mjs';
import {roomAt, testCluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';

const cluster = await testCluster(3);
const [one, two, three] = cluster.nodes;
let rooms = 0;
const fresh = (namespace = 'chat') => `${namespace}:e2e-${++rooms}`;

describe('a room', () => {
  for (const codec of codecs) {
    test(`has one order on every node, in ${codec.name}`, async () => {
      const channel = fresh();
      const members = await Promise.all(cluster.nodes.map(async (node, i) =>
        subscribe(await connect(node, {codec, user: `user-${i}`}), channel)));
      await Promise.all(members.map(async (member, i) => {
        for (let n = 0; n < 30; ++n)
          await member.publish(codec.pack({by: i, n}));
      }));
      await eventually(() => members.every(({seen}) => seen.length >= 90));
      const views = members.map(({seen}) => seen.map(({data, offset}) =>
        ({offset, ...codec.unpack(data)})));
      assert.deepEqual(views[0].map(({offset}) => offset),
        Array.from({length: 90}, (_, i) => i + 1));
      assert.deepEqual(views[1], views[0]);
      assert.deepEqual(views[2], views[0]);
      for (let i = 0; i < 3; ++i) {
        assert.deepEqual(views[0].filter(({by}) => by === i).map(({n}) => n),
          Array.from({length: 30}, (_, n) => n));
      }
    });
  }

  test('answers its publisher after it gave him the offset, on any node', async () => {
    const channel = fresh();
    const results = [];
    for (const node of [one, two, three, one, two, three])
      results.push(await node.api('publish', {channel, data: 1}));
    assert.deepEqual(results.map(({offset}) => offset), [1, 2, 3, 4, 5, 6]);
    assert.equal(new Set(results.map(({epoch}) => epoch)).size, 1);
  });

  test('shows its members, joins and leaves across nodes', async () => {
    const channel = fresh();
    const a = await subscribe(await connect(one, {user: 'alice'}), channel);
    const bob = await connect(two, {user: 'bob'});
    const b = await subscribe(bob, channel);
    const c = await subscribe(await connect(three, {user: 'carol'}), channel);
    await eventually(() => a.joins.length === 3 && b.joins.length >= 2);
    for (const member of [a, b, c]) {
      const {clients} = await member.presence();
      assert.deepEqual(Object.values(clients).map(({user}) => user).sort(),
        ['alice', 'bob', 'carol']);
      assert.deepEqual(await member.presenceStats(), {numClients: 3, numUsers: 3});
    }
    bob.disconnect();
    await eventually(() => a.leaves.length === 1 && c.leaves.length === 1);
    assert.equal(a.leaves[0].user, 'bob');
    await eventually(async () => (await c.presenceStats()).numClients === 2);
  });

  test('has its history on every node', async () => {
    const channel = fresh();
    for (let i = 1; i <= 5; ++i)
      await cluster.nodes[i % 3].api('publish', {channel, data: i});
    const answers = await Promise.all(cluster.nodes.map((node) =>
      node.api('history', {channel, limit: -1})));
    assert.deepEqual(answers[0].publications.map(({data}) => data), [1, 2, 3, 4, 5]);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
    await two.api('history_remove', {channel});
    assert.deepEqual((await three.api('history', {channel, limit: -1})).publications, []);
  });

  test('recovers a client that comes back at another node', async () => {
    const channel = fresh();
    const client = await connect(one, {user: 'mover'});
    const room = await subscribe(client, channel);
    for (let i = 1; i <= 3; ++i)
      await room.publish(i);
    await eventually(() => room.seen.length === 3);
    client.disconnect();
    for (let i = 4; i <= 7; ++i)
      await three.api('publish', {channel, data: i});
    const {epoch} = await two.api('history', {channel});
    const wire = await connectWire(two, {user: 'mover'});
    const {subscribe: result} = await wire.ask({subscribe:
      {channel, recover: true, epoch, offset: 3}});
    assert.equal(result.recovered, true);
    assert.deepEqual(result.publications.map(({data}) => data), [4, 5, 6, 7]);
    await one.api('publish', {channel, data: 8});
    assert.equal((await wire.push(({pub}) => pub)).pub.offset, 8);
  });

  test('without history crosses nodes, too', async () => {
    const channel = fresh('plain');
    const members = await Promise.all(cluster.nodes.map(async (node, i) =>
      subscribe(await connect(node, {user: `user-${i}`}), channel)));
    await members[0].publish({hello: 'all'});
    await eventually(() => members.every(({seen}) => seen.length === 1));
  });

  test('is placed on every node alike', async () => {
    for (const node of cluster.nodes) {
      const channel = await roomAt(cluster, node);
      const member = await subscribe(await connect(two), channel);
      await three.api('publish', {channel, data: 'from three'});
      await eventually(() => member.seen.length === 1);
    }
  });
});

describe('the server API of any node', () => {
  test('lists every node, room and member', async () => {
    const channel = fresh();
    await subscribe(await connect(one, {user: 'lister'}), channel);
    await subscribe(await connect(two, {user: 'lister'}), channel);
    for (const node of cluster.nodes) {
      const {nodes} = await node.api('info');
      assert.deepEqual(nodes.map(({name}) => name).sort(), ['node-1', 'node-2', 'node-3']);
      assert.equal(new Set(nodes.map(({uid}) => uid)).size, 3);
      await eventually(async () => {
        const {channels} = await node.api('channels', {pattern: channel});
        return channels[channel]?.num_clients === 2;
      });
      assert.deepEqual(await node.api('presence_stats', {channel}),
        {num_clients: 2, num_users: 1});
    }
  });

  test('reaches a user\'s connections on every node', async () => {
    const channel = fresh();
    const user = 'spread-user';
    const clients = await Promise.all(
      cluster.nodes.map((node) => connectWire(node, {user})));
    await two.api('subscribe', {user, channel});
    await Promise.all(clients.map((wire) => wire.push((push) => push.subscribe)));
    await three.api('publish', {channel, data: 'to you'});
    await Promise.all(clients.map((wire) => wire.push((push) => push.pub)));
    await three.api('unsubscribe', {user, channel});
    await Promise.all(clients.map((wire) => wire.push((push) => push.unsubscribe)));
    await one.api('disconnect', {user});
    for (const wire of clients)
      assert.equal((await wire.end()).code, 3503);
  });

  test('disconnects a client and spares those on the list', async () => {
    const user = 'chosen-user';
    const [a, b, c] = await Promise.all(
      cluster.nodes.map((node) => connectWire(node, {user})));
    await three.api('disconnect', {user, client: a.connected.connect.client});
    assert.equal((await a.end()).code, 3503);
    await one.api('disconnect', {user, whitelist: [c.connected.connect.client]});
    assert.equal((await b.end()).code, 3503);
    assert.ok((await c.ask({rpc: {method: 'roost.echo', data: 1}})).rpc);
  });

  test('subscribes a client that sees the room\'s events', async () => {
    const channel = fresh();
    const client = await connect(two, {user: 'invited'});
    const got = [];
    client.on('publication', ({data}) => got.push(data));
    const subscribed = next(client, 'subscribed');
    await one.api('subscribe', {user: 'invited', channel});
    assert.equal((await subscribed).channel, channel);
    await three.api('publish', {channel, data: 'hi'});
    await eventually(() => got.length === 1);
  });
});
