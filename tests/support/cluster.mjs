// Starts clusters of real nodes on loopback.
import {after} from 'node:test';

import {disconnectAll} from './clients.mjs';
import {CLUSTER_SECRET, merge, nodeConfig} from './config.mjs';
import {eventually} from './eventually.mjs';
import {stopsCleanly} from './fixture.mjs';
import {Node, temporaryFolder} from './node.mjs';
import {freePort} from './ports.mjs';

/** Throws unless every shard of the view is at rest with so many copies. */
export function checkCopies({shards}, count) {
  const lacking = shards.filter(({home, donor, standbys = []}) =>
    !home || donor || standbys.length < count);
  if (lacking.length > 0)
    throw new Error(`${lacking.length} of ${shards.length} shards lack copies`);
}

/** A cluster whose first nodes are the coordinators. */
export class Cluster {
  constructor(more, {coordinators = 1, durable = false} = {}) {
    this.more = more;
    this.durable = durable; // coordinators remember what was decided
    this.coordinatorCount = coordinators;
    this.nodes = [];
    this.ports = [];
  }

  get coordinators() { return this.nodes.slice(0, this.coordinatorCount); }

  /** One that runs, if any does. */
  get coordinator() {
    return this.coordinators.find(({alive}) => alive) ?? this.nodes[0];
  }

  /** The ports of node i, from 0, which may be yet to come. */
  async #portsOf(i) {
    while (this.ports.length <= i)
      this.ports.push({http: await freePort(), internal: await freePort(),
        cluster: await freePort()});
    return this.ports[i];
  }

  /** Makes the next node without starting it. */
  async add(more = {}, name = `node-${this.nodes.length + 1}`) {
    const i = this.nodes.length;
    const ports = await this.#portsOf(i);
    await this.#portsOf(this.coordinatorCount - 1);
    const coordinators = this.ports.slice(0, this.coordinatorCount);
    const config = nodeConfig(name, ports, merge(merge({
      node: {roles: i < this.coordinatorCount
        ? ['gateway', 'coordinator'] : ['gateway']},
      cluster: {
        name: 'tests',
        coordinators: coordinators.map(({cluster}) => `127.0.0.1:${cluster}`),
        listen: `127.0.0.1:${ports.cluster}`,
        secret: CLUSTER_SECRET,
        settle: '300ms',
        ...(this.durable && {data_dir: temporaryFolder()}),
      },
    }, this.more), more));
    const node = new Node(config, ports);
    this.nodes.push(node);
    return node;
  }

  /** Starts every node that does not run, and waits until all are in. */
  async start() {
    const idle = this.nodes.filter((node) => !node.alive);
    for (const node of idle)
      node.launch();
    await Promise.all(idle.map((node) => node.ready()));
    await this.settled();
    return this;
  }

  /** The nodes that run. */
  get living() { return this.nodes.filter((node) => node.alive); }

  /** The members as one node knows them: names, sorted. */
  async members(node = this.living[0]) {
    const {nodes} = await node.api('info');
    return nodes.map(({name}) => name).sort();
  }

  /** Waits until every running node sees exactly the running nodes. */
  async settled({withinMs = 15_000} = {}) {
    const wanted = this.living.map(({name}) => name).sort().join();
    await eventually(async () => {
      for (const node of this.living) {
        const seen = (await this.members(node)).join();
        if (seen !== wanted)
          throw new Error(`${node.name} sees ${seen}, not ${wanted}`);
      }
      return true;
    }, {withinMs, what: 'the same members on every node'});
  }

  /** Waits until every shard has a home and so many copies, none on the way. */
  async copied(count = 1, {withinMs = 30_000} = {}) {
    await eventually(async () => {
      const view = await this.view();
      checkCopies(view, count);
      if (view.shards.some(({learners = []}) => learners.length > 0))
        throw new Error('copies are on the way');
      return true;
    }, {withinMs, what: `${count} copies of every shard`});
  }

  /** Parsed output of `roost ctl --json ...`, run against the coordinator. */
  async ctl(...args) {
    const {status, out, err} = await this.coordinator.ctl('--json', ...args);
    if (status !== 0)
      throw new Error(`roost ctl ${args.join(' ')}: ${status} ${err}${out}`);
    return JSON.parse(out);
  }

  /** Number of the view that the coordinator has. */
  async view() { return this.ctl('view'); }

  /** Kills what runs. */
  async end() {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  /** The logs of all nodes, for a failed test. */
  get log() {
    return this.nodes.map((node) => `--- ${node.name}\n${node.log}`).join('\n');
  }
}

/** Starts a cluster of `count` nodes. */
export async function startCluster(count = 3, more = {}, options = {}) {
  const cluster = new Cluster(more, options);
  for (let i = 0; i < count; ++i)
    await cluster.add();
  try {
    return await cluster.start();
  } catch (error) {
    await cluster.end();
    throw error;
  }
}

/** Starts a cluster for the tests of this file, and ends it after them. */
export async function testCluster(count, more) {
  const cluster = await startCluster(count, more);
  after(async () => {
    disconnectAll();
    // The coordinator last: the others hand over to somebody.
    for (const node of cluster.living.reverse())
      await stopsCleanly(node);
    await cluster.end();
  });
  return cluster;
}

let rooms = 0;

/** Resolves with a fresh room whose home is `node`. */
export async function roomAt(cluster, node, namespace = 'chat') {
  for (let tries = 0; tries < 100; ++tries) {
    const channel = `${namespace}:at-${++rooms}`;
    await node.api('publish', {channel, data: 'first'});
    const {home} = await cluster.ctl('room', channel);
    if (home === node.name)
      return channel;
  }
  throw new Error(`none of 100 rooms has its home at ${node.name}`);
}

/** Where the shard of a room is, from the view. */
export async function shardOf(cluster, channel) {
  const {shard = 0} = await cluster.ctl('room', channel);
  return (await cluster.view()).shards[shard];
}

/** Resolves with a fresh room with this home and this standby. */
export async function roomWith(cluster, home, standby) {
  for (let tries = 0; tries < 50; ++tries) {
    const channel = await roomAt(cluster, home);
    if ((await shardOf(cluster, channel)).standbys[0] === standby.name)
      return channel;
  }
  throw new Error(`no room at ${home.name} has its copy at ${standby.name}`);
}
