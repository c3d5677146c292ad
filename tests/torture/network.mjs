// Faults of the network between the nodes: each node is in a namespace of its
// own, whose outgoing packets nft and tc handle.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

export class Network {
  /** Namespace of node i is `${prefix}-${i}`. */
  constructor(prefix) { this.prefix = prefix; }

  address(i) { return `10.77.0.${10 + i}`; }

  /** The command that runs something in the namespace of node i. */
  inside(i, command, args) {
    return ['nsenter', [`--net=/run/netns/${this.prefix}-${i}`, command, ...args]];
  }

  async #nft(i, ...words) {
    await run(...this.inside(i, 'nft', words));
  }

  /** Drops what node `from` sends to the nodes `to`. */
  async cut(from, to) {
    for (const i of to)
      await this.#nft(from, 'add', 'rule', 'inet', 'torture', 'out', 'ip', 'daddr',
        this.address(i), 'drop');
  }

  /** Drops so many of a hundred packets that node i sends to other nodes. */
  async lose(i, others, percent) {
    for (const other of others)
      await this.#nft(i, 'add', 'rule', 'inet', 'torture', 'out', 'ip', 'daddr',
        this.address(other), 'numgen', 'random', 'mod', '100', '<', `${percent}`, 'drop');
  }

  /** Delays everything that node i sends; false where the kernel has no netem. */
  async delay(i, milliseconds) {
    try {
      await run(...this.inside(i, 'tc', ['qdisc', 'add', 'dev', 'eth0', 'root', 'netem',
        'delay', `${milliseconds}ms`, `${milliseconds / 2}ms`]));
      return true;
    } catch {
      return false;
    }
  }

  /** Ends every fault of node i. */
  async heal(i) {
    await this.#nft(i, 'flush', 'chain', 'inet', 'torture', 'out');
    await run(...this.inside(i, 'tc', ['qdisc', 'del', 'dev', 'eth0', 'root']))
      .catch(() => {}); // there was none
  }
}
