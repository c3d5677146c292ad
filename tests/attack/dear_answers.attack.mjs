#!/usr/bin/env node
// Small commands with long answers, in batches: histories and recoveries of full
// rooms and presence of a crowded one, by clients that read what they get and by
// clients that do not.
import {setTimeout as sleep} from 'node:timers/promises';

import {connectWire} from '../support/clients.mjs';
import {frame, openRaw} from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';
import {runAttack} from '../support/attack.mjs';

const READERS = 4;
const OTHERS = 6;
const MEMBERS = 300;
const ROOMS = 30;
const room = (i) => `chat:dear-${i % ROOMS}`;

const dear = (id) => [
  {id, history: {channel: room(0), limit: -1}},
  {id: id + 1, presence: {channel: room(0)}},
  {id: id + 2, subscribe: {channel: room(id), recover: true}},
  {id: id + 3, unsubscribe: {channel: room(id)}},
];
const batch = Array.from({length: 50}, (_, i) => dear(10 + 4 * i)).flat()
  .map((command) => JSON.stringify(command)).join('\n');

async function fillRooms(node) {
  const wire = await connectWire(node, {user: 'mallory'});
  wire.arrivals.setMaxListeners(0);
  for (let i = 0; i < ROOMS; ++i) {
    await wire.ask({subscribe: {channel: room(i)}});
    for (let n = 0; n < 100; ++n)
      wire.ask({publish: {channel: room(i), data: 'x'.repeat(4000)}});
    await wire.ask({publish: {channel: room(i), data: 'last'}});
    wire.all.length = 0;
  }
  for (let n = 0; n < MEMBERS; ++n) {
    const member = await connectWire(node, {user: `member-${n}`});
    await member.ask({subscribe: {channel: room(0)}});
  }
}

/** Asks again as soon as the last question of a batch is answered. */
async function askAndRead(node, end) {
  const wire = await connectWire(node, {user: 'mallory'});
  await wire.ask({subscribe: {channel: room(0)}});
  while (Date.now() < end && wire.socket.readyState === wire.socket.OPEN) {
    wire.all.length = 0;
    wire.send(batch);
    await wire.until(() => wire.all.find(({id}) => id === 209), 'an answer', end - Date.now())
      .catch(() => {});
  }
}

/** Asks and reads nothing; comes back when it is ended. */
async function askOnly(port, end) {
  while (Date.now() < end) {
    const socket = await openRaw(port);
    socket.pause();
    const gone = new Promise((resolve) => { socket.once('close', resolve); });
    socket.write(frame(JSON.stringify({id: 1, connect: {token: userToken('mallory')}})));
    socket.write(frame(JSON.stringify({id: 2, subscribe: {channel: room(0)}})));
    for (let i = 0; i < 20; ++i)
      socket.write(frame(batch));
    await Promise.race([gone, sleep(Math.max(0, end - Date.now()))]);
    socket.destroy();
  }
}

await runAttack('small commands with long answers', async ({http: port}, seconds) => {
  const node = {webSocketUrl: `ws://127.0.0.1:${port}/connection/websocket`};
  const end = Date.now() + 1000 * seconds;
  await fillRooms(node);
  const attackers = [
    ...Array.from({length: READERS}, () => askAndRead(node, end)),
    ...Array.from({length: OTHERS}, () => askOnly(port, end)),
  ];
  await Promise.race([Promise.all(attackers), sleep(Math.max(0, end - Date.now()))]);
});
