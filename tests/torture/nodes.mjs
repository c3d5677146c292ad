// The nodes under torture: processes in namespaces, and what they say of
// themselves.
import {checkCopies} from '../support/cluster.mjs';
import {merge, nodeConfig} from '../support/config.mjs';
import {eventually} from '../support/eventually.mjs';
import {Node, temporaryFolder} from '../support/node.mjs';

const PORTS = {http: 8000, internal: 9000, cluster: 7000};
const COORDINATORS = 3;

/** The rooms that are written and read. */
export const NAMESPACE = {
  name: 'kept',
  history_size: 200_000,
  history_ttl: '2h',
  force_recovery: true,
  allow_subscribe_for_client: true,
};

class TorturedNode extends Node {
  constructor(network, i, config) {
    super(config, PORTS);
    this.i = i;
    this.network = network;
  }

  get host() { return this.network.address(this.i); }
  get webSocketUrl() {
    return `ws://${this.host}:${this.ports.http}/connection/websocket`;
  }
  get httpUrl() { return `http://${this.host}:${this.ports.http}`; }
  get internalUrl() { return `http://${this.host}:${this.ports.internal}`; }

  command(...roost) { return this.network.inside(this.i, ...roost); }

  /** The view that it goes by. */
  async view() {
    const answer = await fetch(`${this.internalUrl}/admin/view`, {method: 'POST',
      body: '{}', headers: {'X-API-Key': this.config.admin.key},
      signal: AbortSignal.timeout(5000)});
    return (await answer.json()).result;
  }
}

export class Nodes {
  constructor(network, count, replicas) {
    this.network = network;
    this.replicas = replicas;
    const coordinators = Array.from({length: COORDINATORS},
      (_, i) => `${network.address(i + 1)}:${PORTS.cluster}`);
    this.all = Array.from({length: count}, (_, at) => {
      const i = at + 1;
      const host = network.address(i);
      return new TorturedNode(network, i, merge(nodeConfig(`node-${i}`, PORTS), {
        node: {lanes: 1, roles: i <= COORDINATORS ? ['gateway', 'coordinator'] : ['gateway']},
        http: {listen: `${host}:${PORTS.http}`},
        internal: {listen: `${host}:${PORTS.internal}`},
        channel: {namespaces: [{...NAMESPACE, replicas}]},
        limits: {room_history_bytes: 256 * 1024 * 1024},
        client: {ping_interval: '5s', pong_timeout: '2s'},
        cluster: {
          name: 'torture',
          listen: `${host}:${PORTS.cluster}`,
          coordinators,
          secret: 'cluster-secret-of-the-torture',
          shards: 64,
          data_dir: temporaryFolder(),
        },
        log: {level: 'info'},
      }));
    });
  }

  get coordinators() { return this.all.slice(0, COORDINATORS); }
  get living() { return this.all.filter(({alive}) => alive); }

  others(node) { return this.all.filter((x) => x !== node).map(({i}) => i); }

  /** Starts what does not run. */
  async start() {
    for (const node of this.all)
      if (!node.alive)
        node.launch();
    await this.whole();
  }

  /** Waits until every node sees all of them, and every room has its copies. */
  async whole() {
    await eventually(async () => {
      for (const node of this.all) {
        const {nodes} = await node.api('info');
        if (nodes.length !== this.all.length)
          throw new Error(`${node.name} sees ${nodes.map(({name}) => name)}`);
      }
      for (const node of this.coordinators) // no others answer for the view
        checkCopies(await node.view(), this.replicas);
      return true;
    }, {withinMs: 90_000, what: 'a whole cluster'}).catch((error) => {
      for (const node of this.all)
        console.error(`\n${node.name}:\n${node.log.slice(-6000)}`);
      throw error;
    });
  }
}
