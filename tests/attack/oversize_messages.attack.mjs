#!/usr/bin/env node
// Upgrades, then sends messages far over the limit again and again: in one
// frame, in fragments, and in a frame that promises the largest length.
import {setTimeout as sleep} from 'node:timers/promises';

import {frame, opcodes, openRaw} from '../support/frames.mjs';
import {runAttack} from '../support/attack.mjs';

const CONNECTIONS = 20;
const MIB = 1 << 20;

const piece = frame('x'.repeat(60_000),
  {opcode: opcodes.continuation, final: false});
const messages = [
  frame('x'.repeat(8 * MIB)),
  Buffer.concat([frame('x'.repeat(60_000), {final: false}), ...Array(100).fill(piece)]),
  Buffer.concat([frame('', {length: 2 ** 48}), Buffer.alloc(8 * MIB)]),
];

/** Sends one message; resolves when the connection is over. */
async function sendOnce(port, message) {
  const socket = await openRaw(port);
  const gone = new Promise((resolve) => { socket.once('close', resolve); });
  socket.write(message);
  await gone;
}

await runAttack('messages far over the limit', async ({http: port}, seconds) => {
  const end = Date.now() + 1000 * seconds;
  const attackers = Array.from({length: CONNECTIONS}, async (_, i) => {
    for (let round = i; Date.now() < end; ++round)
      await sendOnce(port, messages[round % messages.length]);
  });
  await Promise.race([Promise.all(attackers), sleep(1000 * seconds)]);
});
