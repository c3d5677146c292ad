// Drives scripts/torture: clients, publishers, faults, the verdict.
import {parseArgs} from 'node:util';

import {eventually} from '../support/eventually.mjs';
import {faults, randomFrom} from './faults.mjs';
import {Ledger} from './ledger.mjs';
import {Listener} from './listener.mjs';
import {Network} from './network.mjs';
import {NAMESPACE, Nodes} from './nodes.mjs';
import {Publisher} from './publisher.mjs';

const {values: options} = parseArgs({options: {
  namespaces: {type: 'string'},
  nodes: {type: 'string', default: '5'},
  seconds: {type: 'string', default: '120'},
  seed: {type: 'string', default: `${Date.now() % 1_000_000}`},
  rooms: {type: 'string', default: '20'},
  replicas: {type: 'string', default: '1'},
  faults: {type: 'string', default: Object.keys(faults).join()},
}});
const kinds = options.faults.split(',');
for (const kind of kinds) {
  if (!(kind in faults)) {
    console.error(`torture: knows no fault '${kind}'; there are ${Object.keys(faults).join(', ')}`);
    process.exit(2);
  }
}

const HISTORY_PAGE = 1000;

const rooms = Array.from({length: Number(options.rooms)},
  (_, i) => `${NAMESPACE.name}:room-${i}`);
const nodes = new Nodes(new Network(options.namespaces), Number(options.nodes), Number(options.replicas));
const ledger = new Ledger(rooms);
const random = randomFrom(Number(options.seed));

/** A room's whole history as one node gives it. */
async function historyAt(node, room) {
  let since;
  const publications = [];
  for (;;) {
    const page = await node.api('history', {channel: room, limit: HISTORY_PAGE,
      ...(since && {since})});
    publications.push(...page.publications);
    if (page.publications.length < HISTORY_PAGE)
      return {epoch: page.epoch, publications};
    since = {epoch: page.epoch, offset: publications.at(-1).offset};
  }
}

/** Holds what every node and client has against what was acknowledged. */
async function judge() {
  for (const room of rooms) {
    let history;
    for (const node of nodes.all) {
      history = await eventually(() => historyAt(node, room),
        {withinMs: 30_000, what: `the history of ${room} at ${node.name}`});
      ledger.check(room, node.name, history);
    }
    for (const listener of listeners) {
      await eventually(() => listener.isAt(room, history), {withinMs: 30_000})
        .catch(() => ledger.violation('lost',
          `${room}: ${listener.name} stands at ${listener.places.get(room)?.offset}, the room at ${history.publications.at(-1)?.offset}`));
      listener.check(room, history);
    }
  }
}

function percentile(sorted, percent) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * percent / 100))] ?? 0;
}

console.log(`seed ${options.seed}, ${options.nodes} nodes, ${options.seconds} s`);
await nodes.start();
const listeners = nodes.all.flatMap((node) => [1, 2].map((i) =>
  new Listener(`${node.name}-client-${i}`, node, rooms, ledger)));
await eventually(() => listeners.every(({places}) => places.size === rooms.length),
  {withinMs: 30_000, what: 'every client in every room'});
const publishers = rooms.map((room) => new Publisher(room, nodes.all, ledger));
let failed;
for (const publisher of publishers)
  publisher.done.catch((error) => { failed ??= error; });

const done = [];
const end = Date.now() + 1000 * Number(options.seconds);
while (Date.now() < end && !failed) {
  const kind = kinds[Math.floor(random() * kinds.length)];
  const begin = Date.now();
  const whom = await faults[kind](nodes, random, ledger);
  const undone = Date.now();
  for (const node of nodes.all)
    if (!node.alive)
      node.launch();
  await nodes.whole();
  const waits = publishers.flatMap((publisher) => publisher.waits)
    .filter(([when, took]) => when + took >= begin).map(([, took]) => took);
  const pause = waits.reduce((most, took) => Math.max(most, took), 0);
  done.push({kind, pause});
  console.log(`  ${kind} (${whom}), ${undone - begin} ms; longest wait of a publisher ${pause} ms; whole after ${Date.now() - undone} ms`);
}
await Promise.all(publishers.map((publisher) => publisher.stop()))
  .catch((error) => { failed ??= error; });
if (!failed) {
  await nodes.whole();
  await judge();
}
listeners.forEach((listener) => listener.stop());

console.log('\nfault                    | times | pause p50, ms | p99, ms');
for (const kind of new Set(done.map((x) => x.kind))) {
  const pauses = done.filter((x) => x.kind === kind).map((x) => x.pause)
    .sort((a, b) => a - b);
  console.log(`${kind.padEnd(24)} | ${String(done.filter((x) => x.kind === kind).length).padStart(5)} | ${String(percentile(pauses, 50)).padStart(13)} | ${percentile(pauses, 99)}`);
}
const sum = (list, key) => list.reduce((total, x) => total + x[key], 0);
const longest = publishers.flatMap(({waits}) => waits)
  .reduce((most, [, took]) => Math.max(most, took), 0);
console.log(`
acknowledged ${ledger.acknowledged}, lost ${ledger.lost}, doubled ${ledger.doubled}, reordered ${ledger.reordered}
retries of publishers ${sum(publishers, 'retries')}, longest wait ${longest} ms
deliveries ${sum(listeners, 'received')}, recoveries ${sum(listeners, 'recoveries')}, told of a loss ${sum(listeners, 'told')}`);
for (const text of ledger.violations)
  console.log(text);
if (failed)
  console.log(`torture: ${failed.message}`);
await Promise.all(nodes.living.map((node) => node.kill()));
process.exit(failed || ledger.violations.length > 0 ? 1 : 0);
