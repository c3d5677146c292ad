#!/usr/bin/env node
// Tokens whose signatures take long to check, genuine and forged, many in one
// message, by somebody who is in and by strangers.
import {setTimeout as sleep} from 'node:timers/promises';

import {frame, openRaw} from '../support/frames.mjs';
import {keyPair, userToken} from '../support/tokens.mjs';
import {runAttack} from '../support/attack.mjs';

const STRANGERS = 30;

// The attack runs as a process of its own, which must know the node's key.
process.env.ATTACK_KEYS ??= JSON.stringify(keyPair('ec', {namedCurve: 'secp384r1'}));
const keys = JSON.parse(process.env.ATTACK_KEYS);

const signed = userToken('mallory', {}, {algorithm: 'ES384', key: keys.privateKey});
const forged = `${signed.slice(0, -8)}AAAAAAAA`;

async function refresh(port, end) {
  const socket = await openRaw(port);
  let told = '';
  socket.on('data', (bytes) => { told = (told + bytes.toString('latin1')).slice(-500); });
  socket.write(frame(JSON.stringify({id: 1, connect: {token: signed}})));
  const commands = Array.from({length: 150}, (_, i) =>
    JSON.stringify({id: 2 + i, refresh: {token: signed}}));
  while (Date.now() < end && !socket.destroyed) {
    told = '';
    socket.write(frame(commands.join('\n')));
    while (!told.includes('"id":151,') && Date.now() < end && !socket.destroyed)
      await sleep(1);
  }
}

async function knock(port, end) {
  while (Date.now() < end) {
    const socket = await openRaw(port);
    const gone = new Promise((resolve) => { socket.once('close', resolve); });
    socket.resume();
    socket.write(frame(JSON.stringify({id: 1, connect: {token: forged}})));
    await Promise.race([gone, sleep(1000)]);
    socket.destroy();
  }
}

await runAttack('tokens that take long to check', async ({http}, seconds) => {
  const end = Date.now() + 1000 * seconds;
  await Promise.all([refresh(http, end),
    ...Array.from({length: STRANGERS}, () => knock(http, end))]);
}, {config: {node: {lanes: 1}, client: {token: {ecdsa_public_key: keys.publicKey}}}});
