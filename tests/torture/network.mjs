// Faults of the network between the nodes: each node is in a namespace of its
// own, whose outgoing packets nft and tc handle.
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const run = promisify(execFile);
const delayer = fileURLToPath(new URL('delay.py', import.meta.url));

export class Network {
  /** Namespace of node i is `${prefix}-${i}`. */
  constructor(prefix) {
    this.prefix = prefix;
    this.delayers = new Map(); // by node, where the kernel has no netem
  }

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

  /** Delays what node i sends to other nodes, give or take half of it. */
  async delay(i, milliseconds) {
    const jitter = milliseconds / 2;
    try {
      await run(...this.inside(i, 'tc', ['qdisc', 'add', 'dev', 'eth0', 'root', 'netem',
        'delay', `${milliseconds}ms`, `${jitter}ms`]));
    } catch {
      const started = spawn(...this.inside(i, 'python3',
        [delayer, 'eth0', '10.77.0.0/24', milliseconds, jitter].map(String)),
      {stdio: ['pipe', 'pipe', 'inherit']});
      this.delayers.set(i, started);
      await Promise.race([once(started.stdout, 'data'),
        once(started, 'exit').then(() => { throw new Error('delay.py has failed'); })]);
    }
  }

  /** Ends every fault of node i. */
  async heal(i) {
    await this.#nft(i, 'flush', 'chain', 'inet', 'torture', 'out');
    const delaying = this.delayers.get(i);
    if (delaying) {
      this.delayers.delete(i);
      const end = once(delaying, 'exit');
      delaying.stdin.end();
      await end;
    } else {
      await run(...this.inside(i, 'tc', ['qdisc', 'del', 'dev', 'eth0', 'root']))
        .catch(() => {}); // there was none
    }
  }
}
