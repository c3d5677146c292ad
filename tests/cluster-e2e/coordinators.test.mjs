// Three coordinators decide by majority.
import assert from 'node:assert/strict';
import {after, afterEach, describe, test} from 'node:test';

import {connect, disconnectAll, subscribe} from '../support/clients.mjs';
import {roomAt, roomWith, startCluster} from '../support/cluster.mjs';
import {eventually} from '../support/eventually.mjs';

let cluster;
after(() => cluster?.end());
afterEach(async () => {
  disconnectAll();
  await cluster?.end();
});

const three = {coordinators: 3};

/** Waits until the members are these nodes; resolves with the view. */
const membersAre = (nodes) => eventually(async () => {
  const view = await cluster.view();
  const wanted = nodes.map(({name}) => name).sort().join();
  assert.equal(view.members.sort().join(), wanted);
  return view;
}, {withinMs: 20_000, what: 'the view'});

describe('with three coordinators', () => {
  test('any of them may die', async () => {
    cluster = await startCluster(4, {}, three);
    const gateway = cluster.nodes[3];
    const channel = await roomAt(cluster, gateway);
    const room = await subscribe(await connect(gateway), channel);
    const changes = [];
    room.on('state', ({newState}) => changes.push(newState));
    let {number} = await cluster.view();
    // One of the three leads when it is killed.
    for (const dying of cluster.coordinators) {
      await dying.kill();
      const without = await membersAre(cluster.living);
      assert.ok(without.number > number);
      const {offset} = await gateway.api('publish', {channel, data: dying.name});
      await eventually(() => room.seen.some((seen) => seen.offset === offset));
      await dying.start();
      ({number} = await membersAre(cluster.nodes));
      assert.ok(number > without.number);
    }
    assert.deepEqual(changes, []);
  });

  test('one alone decides nothing, and rooms go on', async () => {
    cluster = await startCluster(4, {}, three);
    const [one, two, last, gateway] = cluster.nodes;
    await cluster.copied();
    // All who have this room live on.
    const channel = await roomWith(cluster, gateway, last);
    await Promise.all([one.kill(), two.kill()]);
    const {number} = await cluster.view();
    const {offset} = await last.api('publish', {channel, data: 'still here'});
    assert.equal(offset, 2);
    // The dead stay in the view until there is a majority.
    assert.equal((await cluster.view()).number, number);
    await two.start();
    const view = await membersAre([two, last, gateway]);
    assert.ok(view.number > number);
    assert.equal((await gateway.api('publish', {channel, data: 'on'})).offset, 3);
  });

  test('what was decided outlives them all', async () => {
    cluster = await startCluster(3, {}, {...three, durable: true});
    const before = await cluster.view();
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await cluster.start();
    const now = await membersAre(cluster.nodes);
    assert.ok(now.number > before.number, `view ${now.number} after ${before.number}`);
  });
});
