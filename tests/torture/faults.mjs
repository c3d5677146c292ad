// What is done to the nodes: one fault at a time, each undone before the next.
import {setTimeout as sleep} from 'node:timers/promises';

import {eventually} from '../support/eventually.mjs';

const seconds = (random, least, most) =>
  sleep(1000 * (least + random() * (most - least)));

const pick = (random, list) => list[Math.floor(random() * list.length)];

function pair(random, list) {
  const one = pick(random, list);
  return [one, pick(random, list.filter((x) => x !== one))];
}

async function kill(node, random) {
  await node.kill();
  await seconds(random, 0, 6);
  node.launch();
  return node.name;
}

async function pause(node, random, least, most) {
  node.signal('SIGSTOP');
  await seconds(random, least, most);
  node.signal('SIGCONT');
  return node.name;
}

async function cutOff(nodes, node, random) {
  await nodes.network.cut(node.i, nodes.others(node));
  for (const other of nodes.others(node))
    await nodes.network.cut(other, [node.i]);
  await seconds(random, 1, 8);
  for (const {i} of nodes.all)
    await nodes.network.heal(i);
  return node.name;
}

/** The coordinator that decides. */
async function leader(nodes) {
  return eventually(async () => {
    for (const node of nodes.coordinators)
      if (await node.metric('roost_coordinator_leads') === 1)
        return node;
    throw new Error('nobody leads');
  }, {withinMs: 30_000});
}

/** By the name of the fault: does it, undoes it, says to whom. */
export const faults = {
  'kill a node': (nodes, random) => kill(pick(random, nodes.all), random),

  'kill the leader': async (nodes, random) => kill(await leader(nodes), random),

  'pause a node': (nodes, random) =>
    pause(pick(random, nodes.all), random, 0.5, 8),

  'pause a node for a moment': (nodes, random) =>
    pause(pick(random, nodes.all), random, 0.05, 0.8),

  'cut off a node': (nodes, random) =>
    cutOff(nodes, pick(random, nodes.all), random),

  async 'cut a link'(nodes, random) {
    const [node, other] = pair(random, nodes.all);
    await nodes.network.cut(node.i, [other.i]);
    await nodes.network.cut(other.i, [node.i]);
    await seconds(random, 1, 8);
    await nodes.network.heal(node.i);
    await nodes.network.heal(other.i);
    return `${node.name} and ${other.name}`;
  },

  async 'cut a link one way'(nodes, random) {
    const [node, other] = pair(random, nodes.all);
    await nodes.network.cut(node.i, [other.i]);
    await seconds(random, 1, 8);
    await nodes.network.heal(node.i);
    return `${node.name} to ${other.name}`;
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
    await nodes.network.delay(node.i, 20 + Math.floor(random() * 100));
    await seconds(random, 2, 6);
    await nodes.network.heal(node.i);
    return node.name;
  },

  async drain(nodes, random) {
    const node = pick(random, nodes.all);
    await node.stop();
    await seconds(random, 0, 2);
    node.launch();
    return node.name;
  },

  async 'restart one after the other'(nodes) {
    for (const node of nodes.all) {
      await node.stop();
      node.launch();
      await nodes.whole();
    }
    return 'all';
  },

  // What is in memory alone is lost with all who have it; everybody must learn
  // it, and numbers of views go on.
  async 'kill everything'(nodes, random, ledger) {
    const before = (await nodes.all[0].view()).number;
    ledger.forgetEpochs();
    await Promise.all(nodes.all.map((node) => node.kill()));
    await seconds(random, 0, 2);
    for (const node of nodes.all)
      node.launch();
    await nodes.whole();
    const after = (await nodes.all[0].view()).number;
    if (Number(after) <= Number(before))
      ledger.violation('reordered', `view ${after} follows ${before}`);
    return 'all';
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
