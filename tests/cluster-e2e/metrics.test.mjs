// What /metrics says of coordinators, shards and copies.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';

import {startCluster} from '../support/cluster.mjs';
import {eventually} from '../support/eventually.mjs';

const SHARDS = 256;
const cluster = await startCluster(4, {}, {coordinators: 3});
after(() => cluster.end());

/** The values of a metric at all nodes that run and have it. */
async function all(name) {
  const values = await Promise.all(cluster.living.map((node) => node.metric(name)));
  return values.filter((value) => value !== undefined);
}

const sum = async (name) => (await all(name)).reduce((a, b) => a + b, 0);
const soon = (check) => eventually(async () => {
  await check();
  return true;
}, {withinMs: 20_000});

test('homes and copies of all shards are counted', async () => {
  assert.equal(await sum('roost_shards_home'), SHARDS);
  assert.deepEqual(await all('roost_shards_without_home'), [0, 0, 0, 0]);
  await soon(async () =>
    assert.deepEqual(await all('roost_shards_lacking_copies'), [0, 0, 0, 0]));
  await cluster.nodes[3].api('publish', {channel: 'chat:counted', data: 'some text'});
  await soon(async () => {
    assert.equal(await sum('roost_copies'), 1);
    assert.ok(await sum('roost_copy_bytes') > 0);
  });
  assert.equal(await sum('roost_replication_records_in_flight'), 0);
});

test('one coordinator leads, and another one after it', async () => {
  assert.deepEqual((await all('roost_coordinator_leads')).sort(), [0, 0, 1]);
  const {leader} = await cluster.ctl('nodes');
  const first = cluster.nodes.find(({name}) => name === leader);
  assert.equal(await first.metric('roost_coordinator_leads'), 1);
  const term = await first.metric('roost_coordinator_term');
  await first.kill();
  await soon(async () => {
    assert.deepEqual((await all('roost_coordinator_leads')).sort(), [0, 1]);
    assert.ok(Math.max(...await all('roost_coordinator_term')) > term);
    assert.notEqual((await cluster.ctl('nodes')).leader, leader);
  });
  // Its shards have got homes and copies elsewhere.
  await soon(async () => {
    assert.equal(await sum('roost_shards_home'), SHARDS);
    assert.deepEqual(await all('roost_shards_lacking_copies'), [0, 0, 0]);
  });
});

test('without a majority nobody leads', async () => {
  const [other] = cluster.coordinators.filter(({alive}) => alive);
  await other.kill();
  await soon(async () => {
    assert.deepEqual(await all('roost_coordinator_leads'), [0]);
    assert.equal((await cluster.ctl('nodes')).leader, '');
  });
});
