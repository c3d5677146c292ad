// What a cluster does when its nodes die, freeze or start again.
import assert from 'node:assert/strict';
import {after, afterEach, describe, test} from 'node:test';

import {connect, disconnectAll, subscribe} from '../support/clients.mjs';
import {roomAt, startCluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';

let cluster;
after(() => cluster?.end());
afterEach(async () => {
  disconnectAll();
  await cluster?.end();
});

/** Waits until `witness` no longer lists `gone`; resolves with the time. */
async function noticed(witness, gone, withinMs = 10_000) {
  const start = Date.now();
  await eventually(async () => {
    const {nodes} = await witness.api('info');
    return !nodes.some(({name}) => name === gone.name);
  }, {withinMs, what: `the end of ${gone.name}`});
  return Date.now() - start;
}

/** Publishes until the room has a home again; resolves with the answer. */
const publishing = (node, channel, data) =>
  eventually(() => node.api('publish', {channel, data}), {withinMs: 15_000});

/** Rooms that die with their home. */
const single = {channel: {namespaces: [{name: 'chat', history_size: 100,
  history_ttl: '5m', replicas: 0, force_recovery: true, presence: true,
  join_leave: true, force_push_join_leave: true,
  allow_subscribe_for_client: true, allow_presence_for_subscriber: true}]}};

describe('when the home of a room without copies is killed', () => {
  test('the room starts again elsewhere and its clients come along', async () => {
    cluster = await startCluster(3, single);
    const [one, two, three] = cluster.nodes;
    const channel = await roomAt(cluster, three);
    const {epoch: before} = await one.api('history', {channel});
    const client = await connect(two, {user: 'survivor'});
    const room = await subscribe(client, channel);
    const states = [];
    client.on('state', ({newState}) => states.push(newState));
    const again = next(room, 'subscribed', 30_000);

    await three.kill();
    const took = await noticed(one, three);
    assert.ok(took < 3000, `noticed after ${took} ms`);

    const {epoch} = await publishing(one, channel, 'after');
    assert.notEqual(epoch, before);
    const {recovered, wasRecovering} = await again;
    assert.deepEqual({recovered, wasRecovering}, {recovered: false, wasRecovering: true});
    await two.api('publish', {channel, data: 'and on'});
    await eventually(() => room.seen.some(({data}) => data === 'and on'));
    assert.deepEqual(states, [], 'the connection itself stayed');
    assert.deepEqual((await cluster.view()).members.sort(), ['node-1', 'node-2']);
  });

  test('members of the dead node leave the rooms of the living', async () => {
    cluster = await startCluster(3);
    const [one, , three] = cluster.nodes;
    const channel = await roomAt(cluster, one);
    const witness = await subscribe(await connect(one, {user: 'witness'}), channel);
    const lost = await connect(three, {user: 'lost'});
    await subscribe(lost, channel);
    await eventually(() => witness.joins.some(({user}) => user === 'lost'));
    lost.on('connecting', () => lost.disconnect());
    await three.kill();
    await eventually(() => witness.leaves.some(({user}) => user === 'lost'));
    assert.equal((await witness.presenceStats()).numClients, 1);
  });

  test('rooms at other homes notice nothing', async () => {
    cluster = await startCluster(3);
    const [one, two, three] = cluster.nodes;
    const channel = await roomAt(cluster, two);
    const room = await subscribe(await connect(one), channel);
    const changes = [];
    room.on('state', ({newState}) => changes.push(newState));
    const {offset: start} = await one.api('history', {channel});
    let sent = 0;
    const killing = three.kill();
    while (sent < 200) {
      await one.api('publish', {channel, data: ++sent});
      if (sent === 100)
        await noticed(one, three);
    }
    await killing;
    await eventually(() => room.seen.length === 200);
    assert.deepEqual(room.seen.map(({offset}) => offset),
      Array.from({length: 200}, (_, i) => start + i + 1));
    assert.deepEqual(changes, []);
  });
});

describe('when a node freezes', () => {
  test('it is taken for dead, and comes back as it can', async () => {
    cluster = await startCluster(3);
    const [one, two, three] = cluster.nodes;
    const channel = await roomAt(cluster, three);
    const room = await subscribe(await connect(two, {user: 'patient'}), channel);
    three.signal('SIGSTOP');
    const took = await noticed(one, three);
    assert.ok(took < 3000, `noticed after ${took} ms`);
    await publishing(one, channel, 'while it sleeps');
    await eventually(() => room.state === 'subscribed');
    await two.api('publish', {channel, data: 'go on'});
    await eventually(() => room.seen.some(({data}) => data === 'go on'));

    three.signal('SIGCONT');
    await cluster.settled({withinMs: 20_000});
    // Whatever it held in its sleep, it now says what the others say.
    const {offset} = await publishing(three, channel, 'awake');
    const answers = await Promise.all(cluster.nodes.map((node) =>
      eventually(() => node.api('history', {channel, limit: -1}))));
    assert.equal(answers[0].publications.at(-1).offset, offset);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
  });

  test('the time until then is the file\'s', async () => {
    cluster = await startCluster(2, {cluster: {failure_timeout: '500ms'}});
    const [one, two] = cluster.nodes;
    two.signal('SIGSTOP');
    const took = await noticed(one, two);
    assert.ok(took < 1500, `noticed after ${took} ms`);
  });
});

describe('when the coordinator starts again', () => {
  test('no client elsewhere notices, and the views go on', async () => {
    cluster = await startCluster(3, single);
    const [one, two, three] = cluster.nodes;
    const {number: before} = await cluster.view();
    const channel = await roomAt(cluster, two);
    const a = await subscribe(await connect(two, {user: 'a'}), channel);
    const b = await subscribe(await connect(three, {user: 'b'}), channel);
    const changes = [];
    for (const room of [a, b])
      room.on('state', ({newState}) => changes.push(newState));
    await one.kill();
    // Without a coordinator the last view holds: this room's home lives.
    const {offset} = await three.api('publish', {channel, data: 'alone'});
    await eventually(() => a.seen.some((publication) => publication.offset === offset));

    await one.start();
    await cluster.settled({withinMs: 20_000});
    const {number, members} = await cluster.view();
    assert.ok(number > before, `view ${number} after ${before}`);
    assert.deepEqual(members.sort(), ['node-1', 'node-2', 'node-3']);
    const last = await publishing(three, channel, 'together');
    assert.equal(last.offset, offset + 1);
    await eventually(() => [a, b].every(({seen}) => seen.some((publication) =>
      publication.offset === last.offset)));
    assert.deepEqual(changes, []);
  });

  test('a node that died meanwhile is missed', async () => {
    cluster = await startCluster(3);
    const [one, two, three] = cluster.nodes;
    await one.kill();
    await three.kill();
    await one.start();
    await eventually(async () =>
      (await cluster.view()).members.sort().join() === 'node-1,node-2');
    const {offset} = await publishing(two, 'chat:goes-on', 1);
    assert.equal(offset, 1);
  });
});
