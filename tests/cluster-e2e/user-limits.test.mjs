// How many connections one user has in a whole cluster.
import assert from 'node:assert/strict';
import {after, afterEach, describe, test} from 'node:test';

import {connect, disconnectAll, makeClient} from '../support/clients.mjs';
import {roomAt, startCluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';

const CONNECTION_LIMIT = 3504;
const limited = {client: {cluster_user_connection_limit: 2}};

let cluster;
after(() => cluster?.end());
afterEach(async () => {
  disconnectAll();
  await cluster?.end();
});

/** A user whose home is `node`: names of users and rooms have the same shards. */
const userOf = (node) => roomAt(cluster, node);

/** Resolves with the code that a client is refused with. */
async function refusal(node, user) {
  const client = makeClient(node, {user});
  const end = next(client, 'disconnected', 20_000);
  client.connect();
  return (await end).code;
}

/** Connects as soon as that is not refused. */
const connectOnce = (node, user) => eventually(() => new Promise((resolve, reject) => {
  const client = makeClient(node, {user});
  client.once('connected', () => resolve(client));
  client.once('disconnected', ({code}) => reject(new Error(`refused: ${code}`)));
  client.connect();
}));

/** Waits until the homes count so many connections. */
const counted = (count) => eventually(async () => {
  const places = await Promise.all(cluster.living.map((node) =>
    node.metric('roost_user_places')));
  return places.reduce((sum, x) => sum + x, 0) === count;
}, {withinMs: 15_000, what: `${count} places`});

describe('a limit of the cluster', () => {
  test('holds across nodes, wherever the home of the user is', async () => {
    cluster = await startCluster(3, limited);
    const [one, two, three] = cluster.nodes;
    for (const home of cluster.nodes) {
      const user = await userOf(home);
      const first = await connect(one, {user});
      await connect(two, {user});
      for (const node of cluster.nodes)
        assert.equal(await refusal(node, user), CONNECTION_LIMIT);
      await connect(three, {user: `not-${user}`});
      first.disconnect();
      await connectOnce(three, user);
      assert.equal(await refusal(one, user), CONNECTION_LIMIT);
    }
    const refused = await Promise.all(cluster.nodes.map((node) => node.metric(
      'roost_connections_refused_total', 'cluster_user_connection_limit')));
    assert.ok(refused.every((count) => count >= 3), `${refused}`);
    for (const node of cluster.nodes)
      assert.equal(await node.metric('roost_connects_without_home_total'), 0);
    disconnectAll();
    await counted(0);
  });

  test('takes the place of the oldest, on whatever node, where that is the policy', async () => {
    cluster = await startCluster(3, {client: {cluster_user_connection_limit: 2,
      user_connection_policy: 'replace_oldest'}});
    const [one, two, three] = cluster.nodes;
    for (const home of cluster.nodes) {
      const user = await userOf(home);
      const oldest = await connect(one, {user});
      const second = await connect(two, {user});
      const end = next(oldest, 'disconnected', 20_000);
      const third = await connect(three, {user});
      assert.equal((await end).code, CONNECTION_LIMIT);
      const secondEnd = next(second, 'disconnected', 20_000);
      const fourth = await connect(one, {user});
      assert.equal((await secondEnd).code, CONNECTION_LIMIT);
      assert.deepEqual([third.state, fourth.state], ['connected', 'connected']);
      third.disconnect();
      fourth.disconnect();
      await counted(0);
    }
  });

  test('holds again after the home of the user was killed', async () => {
    cluster = await startCluster(3, limited);
    const [one, two, three] = cluster.nodes;
    const user = await userOf(three);
    const first = await connect(one, {user});
    await connect(two, {user});
    await three.kill();
    await cluster.settled();
    await counted(2);
    assert.equal(await refusal(one, user), CONNECTION_LIMIT);
    assert.equal(await refusal(two, user), CONNECTION_LIMIT);
    first.disconnect();
    await connectOnce(two, user);
  });

  test('does not count the connections of a node that was killed', async () => {
    cluster = await startCluster(3, limited);
    const [one, two, three] = cluster.nodes;
    const user = await userOf(one);
    for (let i = 0; i < 2; ++i) {
      const lost = await connect(three, {user});
      lost.on('connecting', () => lost.disconnect());
    }
    assert.equal(await refusal(two, user), CONNECTION_LIMIT);
    await three.kill();
    await connectOnce(two, user);
    await connectOnce(one, user);
    await cluster.settled();
    await counted(2);
    assert.equal(await refusal(two, user), CONNECTION_LIMIT);
  });

  test('keeps nobody out while the home of the user is frozen', async () => {
    cluster = await startCluster(3, limited);
    const [one, two, three] = cluster.nodes;
    const user = await userOf(three);
    await connect(one, {user});
    three.signal('SIGSTOP');
    const start = Date.now();
    await connect(two, {user});
    const took = Date.now() - start;
    assert.ok(took < 5000, `let in after ${took} ms`);
    await eventually(async () => (await cluster.members(one)).length === 2);
    three.signal('SIGCONT');
    await cluster.settled({withinMs: 20_000});
    await counted(2);
    assert.equal(await refusal(one, user), CONNECTION_LIMIT);
  });

  test('moves with the home when a node joins and leaves', async () => {
    cluster = await startCluster(2, limited);
    const [one, two] = cluster.nodes;
    const users = Array.from({length: 40}, (_, i) => `mover-${i}`);
    for (const user of users)
      await Promise.all([connect(one, {user}), connect(two, {user})]);
    await counted(80);
    const three = await cluster.add();
    await cluster.start();
    await eventually(async () => await three.metric('roost_user_places') > 0);
    await counted(80);
    for (const user of users.slice(0, 10))
      assert.equal(await refusal(three, user), CONNECTION_LIMIT);
    await three.stop();
    await cluster.settled();
    await counted(80);
    for (const user of users.slice(0, 10))
      assert.equal(await refusal(two, user), CONNECTION_LIMIT);
  });
});
