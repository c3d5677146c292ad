// Runs an attack on a node of its own and holds the node to what it promises:
// its memory stays within 64 MiB of where it began, another client's echo takes
// at most 5 times as long as before (p99; or 20 ms, if that is more), and the
// node is whole afterwards. Node and echo share one core, the attack has
// another. A script calls `runAttack` with its attack, and is run again, as a
// process of its own, to do it.
import {execFileSync, spawn} from 'node:child_process';
import {availableParallelism} from 'node:os';
import {setTimeout as sleep} from 'node:timers/promises';

import {connectWire, disconnectAll} from './clients.mjs';
import {endsCleanly} from './fixture.mjs';
import {makeNode} from './node.mjs';

const MIB = 1 << 20;
const MAX_MORE_BYTES = 64 * MIB;
const MAX_MORE_TIME = 5;
const MAX_MS = 20;

const attackFlag = '--attack';

/** Moves this process, and what it starts from now on, to a core of its own. */
function moveTo(core) {
  if (availableParallelism() > 1)
    execFileSync('taskset', ['-acp', String(core), String(process.pid)]);
}

/** Echoes for so long; resolves with the p99 of the round trips, in ms. */
async function echoP99(wire, ms) {
  const times = [];
  for (const end = performance.now() + ms; performance.now() < end;) {
    const begin = performance.now();
    await wire.ask({rpc: {method: 'roost.echo', data: 'x'.repeat(100)}});
    times.push(performance.now() - begin);
    wire.all.length = 0;
    await sleep(2);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)];
}

/** Calls `measure` until `ended`; resolves with the most it answered. */
async function mostUntil(ended, measure) {
  let most = 0;
  let over = false;
  ended.finally(() => { over = true; });
  while (!over) {
    most = Math.max(most, measure());
    await sleep(20);
  }
  return most;
}

/** Calls `check` until `ended`; resolves with what it threw, or null. */
async function holdsUntil(ended, check) {
  let over = false;
  ended.finally(() => { over = true; });
  while (!over) {
    try {
      await check();
    } catch (error) {
      return error;
    }
    await sleep(20);
  }
  return null;
}

function startAttack(ports, seconds) {
  const child = spawn(process.execPath,
    [process.argv[1], attackFlag, JSON.stringify(ports), String(seconds)],
    {stdio: ['ignore', 'inherit', 'inherit']});
  return new Promise((resolve) => { child.once('close', resolve); });
}

/**
 * Runs `attack(ports, seconds)`, which ends by itself after so many seconds, on
 * a node with `config` and, where given, so many descriptors, and ends the
 * process: 0 when the node kept its promise, and `throughout(node)`, called
 * again and again, never threw.
 */
export async function runAttack(name, attack,
  {config = {}, seconds = 6, descriptors, throughout = async () => {}} = {}) {
  const [flag, ports, time] = process.argv.slice(2);
  if (flag === attackFlag) {
    moveTo(1);
    await attack(JSON.parse(ports), Number(time));
    process.exit(0);
  }
  moveTo(0);
  const node = await makeNode('node-1', {log: {level: 'warn'}, ...config});
  if (descriptors)
    node.command = (roost, args) => ['prlimit', [`--nofile=${descriptors}`, roost, ...args]];
  await node.start();
  const wire = await connectWire(node, {user: 'witness'});
  await echoP99(wire, 500); // warms both up
  const quiet = await echoP99(wire, 2000);
  const before = node.residentBytes;
  const attacked = startAttack(node.ports, seconds);
  const held = holdsUntil(attacked, () => throughout(node));
  const most = mostUntil(attacked, () => node.residentBytes);
  const during = await echoP99(wire, 1000 * seconds);
  const failed = await attacked !== 0;
  const more = await most - before;
  const broken = await held;
  const {rpc} = await wire.ask({rpc: {method: 'roost.echo', data: 'whole'}});
  const whole = rpc.data === 'whole' && (await node.health()).ready;
  disconnectAll();
  await node.stop();
  await endsCleanly(node);

  const allowed = Math.max(MAX_MORE_TIME * quiet, MAX_MS);
  const kept = !failed && !broken && whole && more <= MAX_MORE_BYTES && during <= allowed;
  console.log(`${kept ? 'kept  ' : 'BROKEN'} ${name}: ${(more / MIB).toFixed(1)} MiB more`
    + ` (at most 64), echo p99 ${during.toFixed(1)} ms`
    + ` (quiet ${quiet.toFixed(1)}, at most ${allowed.toFixed(1)})`
    + `${whole ? '' : ', the node is not whole'}${failed ? ', the attack failed' : ''}`
    + `${broken ? `, ${broken.message}` : ''}`);
  process.exit(kept ? 0 : 1);
}
