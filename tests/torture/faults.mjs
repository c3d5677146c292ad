// What is done to the nodes: one fault at a time, each undone before the next.
import {setTimeout as sleep} from 'node:timers/promises';

const seconds = (random, least, most) =>
  sleep(1000 * (least + random() * (most - least)));

const pick = (random, list) => list[Math.floor(random() * list.length)];

async function cutOff(nodes, node, random) {
  await nodes.network.cut(node.i, nodes.others(node));
  for (const other of nodes.others(node))
    await nodes.network.cut(other, [node.i]);
  await seconds(random, 1, 8);
  for (const {i} of nodes.all)
    await nodes.network.heal(i);
  return node.name;
}

/** By the name of the fault: does it, undoes it, says to whom; nothing where
 * this machine cannot do it. */
export const faults = {
  async 'kill a coordinator'(nodes, random) {
    const node = pick(random, nodes.coordinators);
    await node.kill();
    await seconds(random, 0, 6);
    node.launch();
    return node.name;
  },

  async 'pause a coordinator'(nodes, random) {
    const node = pick(random, nodes.coordinators);
    node.signal('SIGSTOP');
    await seconds(random, 0.5, 8);
    node.signal('SIGCONT');
    return node.name;
  },

  'cut off a coordinator': (nodes, random) =>
    cutOff(nodes, pick(random, nodes.coordinators), random),

  async 'cut one way'(nodes, random) {
    const node = pick(random, nodes.coordinators);
    const other = pick(random, nodes.coordinators.filter((x) => x !== node));
    await nodes.network.cut(node.i, [other.i]);
    await seconds(random, 1, 8);
    await nodes.network.heal(node.i);
    return `${node.name} to ${other.name}`;
  },

  async 'stop all coordinators'(nodes, random) {
    await Promise.all(nodes.coordinators.map((node) => node.kill()));
    await seconds(random, 1, 5);
    nodes.coordinators.forEach((node) => node.launch());
    return 'all three';
  },

  async 'short pause of a gateway'(nodes, random) {
    const node = pick(random, nodes.gateways);
    node.signal('SIGSTOP');
    await seconds(random, 0.1, 0.8);
    node.signal('SIGCONT');
    return node.name;
  },

  async loss(nodes, random) {
    const node = pick(random, nodes.all);
    await nodes.network.lose(node.i, nodes.others(node), 2 + Math.floor(random() * 8));
    await seconds(random, 2, 6);
    await nodes.network.heal(node.i);
    return node.name;
  },

  async delay(nodes, random) {
    const node = pick(random, nodes.all);
    if (!await nodes.network.delay(node.i, 20 + Math.floor(random() * 100)))
      return undefined;
    await seconds(random, 2, 6);
    await nodes.network.heal(node.i);
    return node.name;
  },

  async drain(nodes, random) {
    const node = pick(random, nodes.gateways);
    await node.stop();
    await seconds(random, 0, 2);
    node.launch();
    return node.name;
  },
};

/** mulberry32: the same faults for the same seed. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
