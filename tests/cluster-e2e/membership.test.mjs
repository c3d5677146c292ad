// Nodes that join, leave in order, or are not let in.
import assert from 'node:assert/strict';
import {afterEach, describe, test} from 'node:test';

import {connect, disconnectAll, subscribe} from '../support/clients.mjs';
import {roomAt, startCluster} from '../support/cluster.mjs';
import {eventually} from '../support/eventually.mjs';
import {stopsCleanly} from '../support/fixture.mjs';

let cluster;
afterEach(async () => {
  disconnectAll();
  await cluster?.end();
});

/** Shards by the name of their home. */
async function shares() {
  const {shards} = await cluster.view();
  const count = {};
  for (const {home} of shards)
    count[home] = (count[home] ?? 0) + 1;
  return count;
}

describe('a node that joins', () => {
  test('takes its share, and rooms go on where they move', async () => {
    cluster = await startCluster(2);
    const before = await cluster.view();
    const [one, two] = cluster.nodes;
    const channels = Array.from({length: 30}, (_, i) => `chat:moving-${i}`);
    const epochs = {};
    for (const channel of channels)
      ({epoch: epochs[channel]} = await one.api('publish', {channel, data: 1}));
    const client = await connect(two);
    const rooms = await Promise.all(
      channels.map((channel) => subscribe(client, channel)));

    const three = await cluster.add();
    await cluster.start();
    await eventually(async () => {
      const share = await shares();
      return share['node-3'] >= 80 && share['node-3'] <= 90;
    }, {withinMs: 20_000, what: 'a third of 256 shards at node-3'});
    const after = await cluster.view();
    const moved = after.shards.filter(({number, home}) =>
      before.shards.find((shard) => shard.number === number).home !== home);
    assert.ok(moved.every(({home}) => home === 'node-3'),
      'shards move to the new node only');

    for (const channel of channels) {
      const {offset, epoch} = await eventually(() =>
        three.api('publish', {channel, data: 2}));
      assert.deepEqual({offset, epoch}, {offset: 2, epoch: epochs[channel]}, channel);
    }
    await eventually(() => rooms.every(({seen}) =>
      seen.some(({offset}) => offset === 2)));
    assert.ok(rooms.every(({state}) => state === 'subscribed'));
  });

  test('with twice the weight takes twice the share', async () => {
    cluster = await startCluster(1);
    await cluster.add({cluster: {weight: 200}});
    await cluster.start();
    await eventually(async () => {
      const {'node-2': share} = await shares();
      return share >= 168 && share <= 174;
    }, {what: 'two thirds of 256 shards at node-2'});
  });
});

describe('a node that is asked to stop', () => {
  test('hands its rooms over: same epoch, next offset, nothing lost', async () => {
    cluster = await startCluster(3);
    const [one, two, three] = cluster.nodes;
    const channel = await roomAt(cluster, three);
    const room = await subscribe(await connect(two), channel);
    const states = [];
    room.on('state', ({newState}) => states.push(newState));
    const {epoch, offset: start} = await one.api('history', {channel});

    const acknowledged = [];
    let stopped = false;
    const publisher = (async () => {
      while (!stopped) {
        // Refused while the room moves is fine; lost after a yes is not.
        const answer = await one.api('publish', {channel, data: 'x'}).catch(() => {});
        if (answer)
          acknowledged.push(answer);
      }
    })();
    await eventually(() => acknowledged.length > 20);
    await stopsCleanly(three);
    await cluster.settled();
    const count = acknowledged.length;
    await eventually(() => acknowledged.length > count + 20);
    stopped = true;
    await publisher;

    assert.deepEqual(new Set(acknowledged.map((answer) => answer.epoch)), new Set([epoch]));
    const offsets = acknowledged.map(({offset}) => offset);
    const {offset: last, publications} = await two.api('history', {channel, limit: -1});
    assert.equal(last, offsets.at(-1));
    assert.ok(publications.length > 0);
    await eventually(() => room.seen.at(-1)?.offset === last);
    assert.deepEqual(room.seen.map(({offset}) => offset),
      Array.from({length: last - start}, (_, i) => start + i + 1));
    assert.deepEqual(states, [], 'its clients elsewhere notice nothing');
  });

  test('sends its own clients away with 3001', async () => {
    cluster = await startCluster(2);
    const [, two] = cluster.nodes;
    const client = await connect(two);
    const codes = [];
    client.on('connecting', ({code}) => {
      codes.push(code);
      client.disconnect();
    });
    await stopsCleanly(two);
    assert.deepEqual(codes, [3001]);
    await cluster.settled();
  });
});

describe('a node that does not belong', () => {
  const refusals = {
    'the wrong secret': [{cluster: {secret: 'another-secret-of-16-bytes'}}, /secret|proof/i],
    'another cluster\'s name': [{cluster: {name: 'others'}}, /cluster/i],
    'another number of shards': [{cluster: {shards: 64}}, /shards/i],
  };
  for (const [what, [more, pattern]] of Object.entries(refusals)) {
    test(`with ${what} is refused, in both logs`, async () => {
      cluster = await startCluster(1);
      const [one] = cluster.nodes;
      const stranger = await cluster.add(more);
      stranger.launch();
      await eventually(() => pattern.test(stranger.log) && pattern.test(
        one.log.split('\n').filter((line) => /warn|error|refus/i.test(line)).join('\n')),
      {what: `a line that matches ${pattern} in both logs`}).catch((error) => {
        throw new Error(`${error.message}\n${cluster.log.slice(-5000)}`);
      });
      assert.deepEqual(await cluster.members(one), ['node-1']);
    });
  }

  test('with the name of another node is refused, in both logs', async () => {
    cluster = await startCluster(2);
    const [one, two] = cluster.nodes;
    const twin = await cluster.add({}, 'node-2');
    twin.launch();
    await eventually(() => /node-2/.test(twin.log) && /name/i.test(twin.log)
      && /name/i.test(one.log), {what: 'a line on the name in both logs'});
    const {nodes} = await one.api('info');
    assert.equal(nodes.length, 2);
    assert.ok((await two.health()).ready);
  });
});
