// Rooms with copies: what their members see while nodes die, freeze and leave.
import assert from 'node:assert/strict';
import {after, afterEach, describe, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {connect, connectWire, disconnectAll, subscribe} from '../support/clients.mjs';
import {roomAt, roomWith, shardOf, startCluster} from '../support/cluster.mjs';
import {eventually} from '../support/eventually.mjs';

let cluster;
after(() => cluster?.end());
afterEach(async () => {
  disconnectAll();
  await cluster?.end();
});

/** A cluster whose shards all have so many copies. */
async function start(nodes, more = {}, options = {}) {
  cluster = await startCluster(nodes, more, options);
  await cluster.copied();
  return cluster.nodes;
}

/** Publishes 1, 2, 3 ... until stopped, each until it is acknowledged. */
class Writer {
  constructor(node, channel) {
    this.answers = [];
    this.errors = 0;
    this.longest = 0;
    this.done = this.#run(node, channel);
  }

  async #run(node, channel) {
    for (let n = 1; !this.stopped; ++n) {
      const begin = Date.now();
      this.answers.push(await eventually(async () => {
        try {
          return await node.api('publish', {channel, data: n,
            idempotency_key: `${channel} ${n}`});
        } catch (error) {
          ++this.errors;
          throw error;
        }
      }, {withinMs: 20_000}));
      this.longest = Math.max(this.longest, Date.now() - begin);
    }
  }

  async stop() {
    this.stopped = true;
    await this.done;
  }
}

/** The room has what was acknowledged, its member saw it, each once. */
async function verify(node, channel, writer, room) {
  const {epoch, offset, publications} =
    await eventually(() => node.api('history', {channel, limit: -1}));
  const places = new Map(publications.map((x) => [x.offset, x.data]));
  writer.answers.forEach((answer, i) => {
    assert.equal(answer.epoch, epoch);
    if (places.size > 0 && answer.offset >= publications[0].offset)
      assert.equal(places.get(answer.offset), i + 1);
  });
  await eventually(() => room.seen.at(-1)?.offset === offset);
  const numbers = room.seen.map(({data}) => data).filter(Number.isInteger);
  assert.deepEqual(numbers, writer.answers.map((_, i) => i + 1));
}

for (const [what, victimOf] of [
  ['the home', (home) => home],
  ['the standby', (_, standby) => standby],
  ['a third node', (_home, _standby, third) => third],
]) {
  describe(`when ${what} of a room is killed`, () => {
    test('nothing is lost, and nobody has to come back', async () => {
      const [one, two, three, four] = await start(4);
      const channel = await roomWith(cluster, two, three);
      const client = await connect(one, {user: 'survivor'});
      const room = await subscribe(client, channel);
      const changes = [];
      room.on('state', ({newState}) => changes.push(newState));
      client.on('state', ({newState}) => changes.push(newState));
      const writer = new Writer(one, channel);
      await sleep(300);
      await victimOf(two, three, four).kill();
      await sleep(1000);
      await writer.stop();
      assert.ok(writer.longest < 1500, `a publication took ${writer.longest} ms`);
      await verify(one, channel, writer, room);
      assert.deepEqual(changes, []);
      // Who is there is not copied: nodes say it again.
      await eventually(async () => {
        const {presence} = await one.api('presence', {channel});
        assert.deepEqual(Object.values(presence).map(({user}) => user), ['survivor']);
        return true;
      });
      await cluster.copied(); // somebody else has a copy by now
    });
  });
}

describe('when a home freezes', () => {
  test('another one goes on, and it acknowledges nothing when it wakes', async () => {
    const [one, two, three] = await start(3);
    const channel = await roomWith(cluster, three, two);
    const room = await subscribe(await connect(one, {user: 'patient'}), channel);
    const writer = new Writer(one, channel);
    await sleep(200);
    three.signal('SIGSTOP');
    const late = fetch(`${three.internalUrl}/api/publish`, {method: 'POST',
      headers: {'X-API-Key': three.config.api.key},
      body: JSON.stringify({channel, data: 'late'})}).then((answer) => answer.json());
    await eventually(async () => (await shardOf(cluster, channel)).home === two.name,
      {withinMs: 15_000});
    await sleep(300);
    three.signal('SIGCONT');
    const {result} = await late;
    await sleep(300);
    await writer.stop();
    await cluster.settled({withinMs: 20_000});
    await cluster.copied();
    const {publications} = await eventually(() =>
      one.api('history', {channel, limit: -1}));
    if (result?.offset) // it went to the new home
      assert.equal(publications.find(({offset}) => offset === result.offset).data, 'late');
    await verify(three, channel, writer, room);
  });
});

describe('when a node with rooms is drained', () => {
  test('publishers see no error', async () => {
    const [one, two, three] = await start(3);
    const channels = [await roomWith(cluster, three, two), await roomWith(cluster, three, one)];
    const rooms = [];
    for (const channel of channels)
      rooms.push(await subscribe(await connect(one, {user: 'steady'}), channel));
    const writers = channels.map((channel) => new Writer(two, channel));
    await sleep(300);
    await three.stop();
    await sleep(300);
    for (const [i, writer] of writers.entries()) {
      await writer.stop();
      assert.equal(writer.errors, 0);
      await verify(one, channels[i], writer, rooms[i]);
    }
  });
});

describe('when an admin drains a node', () => {
  test('its rooms move without an error, and come back', async () => {
    const [one, two, three] = await start(3, {}, {coordinators: 3});
    const channels = [await roomWith(cluster, three, two), await roomWith(cluster, three, one)];
    const rooms = [];
    for (const channel of channels)
      rooms.push(await subscribe(await connect(three, {user: 'stays'}), channel));
    const writers = channels.map((channel) => new Writer(two, channel));
    // Whichever leads: each of them takes orders.
    const {status, out, err} = await two.ctl('drain', three.name);
    assert.equal(status, 0, err);
    assert.match(out, /^node-3 gives its shards away and takes none, from view \d+ on\.\nnode-3 holds no shards since view \d+\.\n$/);
    const stateOf = async (name) =>
      (await cluster.ctl('nodes')).nodes.find((node) => node.name === name);
    assert.equal((await stateOf(three.name)).state, 'drained');
    for (const channel of channels)
      assert.notEqual((await shardOf(cluster, channel)).home, three.name);
    const undone = await one.ctl('drain', three.name, '--undo');
    assert.equal(undone.status, 0, undone.err);
    await eventually(async () => (await stateOf(three.name)).shards > 50, {withinMs: 30_000});
    for (const [i, writer] of writers.entries()) {
      await writer.stop();
      assert.equal(writer.errors, 0);
      await verify(one, channels[i], writer, rooms[i]);
    }
  });

  test('all coordinators remember it', async () => {
    const nodes = await start(3, {}, {coordinators: 3, durable: true});
    assert.equal((await nodes[1].ctl('drain', 'node-3')).status, 0);
    await Promise.all(nodes.map((node) => node.kill()));
    await cluster.start();
    const {shards} = await cluster.view();
    assert.ok(shards.every(({home}) => home !== 'node-3'));
    const wrong = await nodes[0].ctl('drain', 'node-9');
    assert.equal(wrong.status, 1);
    assert.match(wrong.err, /there is no node node-9; there are node-1, node-2, node-3/);
  });

  test('its clients stay, and new ones go elsewhere', async () => {
    const nodes = await start(2);
    const [one, two] = nodes;
    const old = await connectWire(two, {user: 'old'});
    assert.equal((await one.ctl('drain', two.name)).status, 0);
    await eventually(async () => !(await two.health()).ready);
    const answer = await fetch(`${two.httpUrl}/connection/uni_sse?cf_connect={}`);
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /the node is drained/);
    assert.ok((await old.ask({rpc: {method: 'roost.echo', data: 1}})).rpc);
    assert.equal((await one.ctl('drain', two.name, '--undo')).status, 0);
    await eventually(async () => (await two.health()).ready);
    await connectWire(two, {user: 'new'});
  });

  test('one is left that is not, and if that goes a drained one serves', async () => {
    const [one, two] = await start(2);
    assert.equal((await one.ctl('drain', one.name)).status, 0);
    await eventually(async () => !(await one.health()).ready);
    const refused = await one.ctl('drain', two.name);
    assert.equal(refused.status, 1);
    assert.match(refused.err, /no node would be left for the shards of node-2/);
    assert.ok((await two.health()).ready);
    await two.stop();
    await eventually(async () => (await one.health()).ready);
    await connectWire(one, {user: 'late'});
    await one.api('publish', {channel: 'chat:late', data: 1});
  });
});

describe('when all nodes are killed', () => {
  test('views go on, and rooms begin new epochs', async () => {
    const nodes = await start(3);
    const channel = await roomAt(cluster, nodes[1]);
    const {epoch: before} = await nodes[0].api('history', {channel});
    await Promise.all(nodes.map((node) => node.kill()));
    await cluster.start();
    const {epoch} = await eventually(() =>
      nodes[0].api('publish', {channel, data: 'again'}), {withinMs: 20_000});
    assert.notEqual(epoch, before);
    await cluster.copied();
  });
});
