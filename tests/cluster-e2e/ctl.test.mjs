// `roost ctl`, as a person and as a program uses it.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {testCluster} from '../support/cluster.mjs';
import {eventually} from '../support/eventually.mjs';
import {roost} from '../support/node.mjs';

const cluster = await testCluster(3);
const [one, two, three] = cluster.nodes;

describe('roost ctl', () => {
  test('nodes lists every node with its work', async () => {
    const {view, nodes} = await cluster.ctl('nodes');
    assert.ok(view >= 1);
    assert.deepEqual(nodes.map(({name}) => name).sort(), ['node-1', 'node-2', 'node-3']);
    assert.equal(nodes.reduce((sum, {shards}) => sum + shards, 0), 256);
    assert.ok(nodes.every(({state}) => state === 'alive'));
    const {out} = await one.ctl('nodes');
    for (const name of ['node-1', 'node-2', 'node-3'])
      assert.match(out, new RegExp(`^${name}\\s`, 'm'));
    assert.match(out.split('\n')[0], /^NODE /);
  });

  test('nodes names the coordinator that leads', async () => {
    assert.equal((await cluster.ctl('nodes')).leader, 'node-1');
    assert.match((await one.ctl('nodes')).out, /coordinator node-1 leads$/m);
  });

  test('nodes, view and room tell who has copies', async () => {
    await eventually(async () => {
      const {shards} = await cluster.view();
      assert.ok(shards.every(({standbys}) => standbys?.length === 1));
      return true;
    }, {withinMs: 20_000, what: 'a copy of every shard'});
    const {shards} = await cluster.view();
    for (const {home, standbys, term} of shards) {
      assert.notEqual(standbys[0], home);
      assert.ok(term > 0);
    }
    const {nodes} = await cluster.ctl('nodes');
    for (const {name, standbys} of nodes)
      assert.equal(standbys, shards.filter((x) => x.standbys[0] === name).length);
    const table = (await one.ctl('view')).out;
    assert.match(table, /^NODE +SHARDS +STANDBYS /m);
    assert.match(table, /^HOME +STANDBYS /m);
    assert.match((await one.ctl('view', '--shards')).out, /^SHARD +TERM +HOME +STANDBYS /m);

    await one.api('publish', {channel: 'chat:copied', data: 1});
    const room = await cluster.ctl('room', 'chat:copied');
    const shard = shards.find(({number = 0}) => number === (room.shard ?? 0));
    assert.equal(room.home, shard.home);
    assert.deepEqual(room.standbys, shard.standbys);
    const plain = await cluster.ctl('room', 'plain:not-copied');
    assert.deepEqual(plain.standbys, []);
  });

  test('rooms lists rooms by a pattern', async () => {
    const wire = await connectWire(two);
    await wire.ask({subscribe: {channel: 'chat:listed'}});
    await wire.ask({subscribe: {channel: 'plain:listed'}});
    await eventually(async () => {
      const {rooms} = await cluster.ctl('rooms', '*:listed');
      return rooms.map(({name}) => name).sort().join() === 'chat:listed,plain:listed';
    });
    const {rooms} = await cluster.ctl('rooms', 'chat:*');
    assert.ok(rooms.some(({name}) => name === 'chat:listed'));
    assert.ok(rooms.every(({name}) => name.startsWith('chat:')));
    wire.disconnect();
  });

  test('room tells home, position, members and history', async () => {
    const channel = 'chat:inspected';
    const a = await connectWire(one, {user: 'a'});
    const b = await connectWire(two, {user: 'b'});
    await a.ask({subscribe: {channel}});
    await b.ask({subscribe: {channel}});
    await b.ask({publish: {channel, data: {n: 1}}});
    const room = await cluster.ctl('room', channel);
    assert.equal(room.name, channel);
    assert.match(room.home, /^node-[123]$/);
    assert.equal(room.offset, 1);
    assert.ok(room.epoch);
    assert.deepEqual(room.members.map(({user}) => user).sort(), ['a', 'b']);
    assert.deepEqual(room.history.map(({data}) => data), [{n: 1}]);
    const people = await one.ctl('room', channel);
    assert.match(people.out, new RegExp(room.epoch));
    a.disconnect();
    b.disconnect();
  });

  test('connections lists those of a user, on every node', async () => {
    const user = 'ctl-user';
    const wires = await Promise.all(cluster.nodes.map((node) => connectWire(node, {user})));
    const {connections} = await cluster.ctl('connections', '--user', user);
    assert.deepEqual(connections.map(({node}) => node).sort(), ['node-1', 'node-2', 'node-3']);
    assert.deepEqual(connections.map(({client}) => client).sort(),
      wires.map(({connected}) => connected.connect.client).sort());
    assert.ok(connections.every((connection) => connection.user === user));
    wires.forEach((wire) => wire.disconnect());
  });

  test('publish reaches members on any node', async () => {
    const channel = 'chat:ctl-publish';
    const wire = await connectWire(three);
    await wire.ask({subscribe: {channel}});
    const {offset} = await cluster.ctl('publish', channel, '{"from":"ctl"}');
    assert.equal(offset, 1);
    assert.deepEqual((await wire.push(({pub}) => pub)).pub.data, {from: 'ctl'});
  });

  test('disconnect ends a user\'s connections and tells where', async () => {
    const user = 'ctl-gone';
    const wires = await Promise.all([one, three].map((node) => connectWire(node, {user})));
    const {connections_by_node: byNode} = await cluster.ctl('disconnect', user);
    assert.deepEqual(byNode, {'node-1': 1, 'node-2': 0, 'node-3': 1});
    for (const wire of wires)
      assert.equal((await wire.end()).code, 3503);
  });

  test('view gives each shard one living home', async () => {
    const {number, members, shards} = await cluster.view();
    assert.ok(number >= 1);
    assert.equal(shards.length, 256);
    assert.deepEqual(new Set(shards.map(({home}) => home)), new Set(members));
  });

  test('fails with a sentence and a status', async () => {
    const address = `127.0.0.1:${one.ports.internal}`;
    const wrongKey = await roost(['ctl', '--address', address, '--key', 'wrong', 'nodes']);
    assert.notEqual(wrongKey.status, 0);
    assert.match(wrongKey.err, /key/i);
    const nobody = await roost(['ctl', '--address', '127.0.0.1:9', '--key', 'x', 'nodes']);
    assert.notEqual(nobody.status, 0);
    assert.match(nobody.err, /127\.0\.0\.1:9/);
    const unknown = await one.ctl('fly');
    assert.notEqual(unknown.status, 0);
    const missing = await one.ctl('room', 'nowhere:x');
    assert.notEqual(missing.status, 0);
    assert.ok(missing.err.length > 0);
    const notCoordinator = await two.ctl('nodes');
    assert.notEqual(notCoordinator.status, 0);
    assert.match(notCoordinator.err, /coordinator/);
  });
});
