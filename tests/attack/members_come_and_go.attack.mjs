#!/usr/bin/env node
// Clients that are in a room and out of it again as fast as they can, each with
// much to show in presence, and one whose info changes all the time in many
// rooms: what the rooms' homes are told of it must not pile up.
import {setTimeout as sleep} from 'node:timers/promises';

import {connectWire} from '../support/clients.mjs';
import {frame, openRaw} from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';
import {runAttack} from '../support/attack.mjs';

const COMERS = 4;
const ROOMS = 100;
const INFO_BYTES = 8000;

const info = (letter) => ({text: letter.repeat(INFO_BYTES)});
const lines = (commands) => frame(commands.map((x) => JSON.stringify(x)).join('\n'));

/** Writes `next()` again and again, as far as the node reads. */
async function flood(socket, end, next) {
  while (Date.now() < end && !socket.destroyed) {
    if (!socket.write(next()))
      await Promise.race([
        new Promise((resolve) => { socket.once('drain', resolve); }), sleep(100)]);
    await new Promise(setImmediate);
  }
}

async function enter(port, user, rooms) {
  const socket = await openRaw(port);
  socket.resume();
  socket.write(frame(JSON.stringify({id: 1, connect: {token: userToken(user, {info: info('a')})}})));
  socket.write(lines(rooms.map((channel, i) => ({id: 2 + i, subscribe: {channel}}))));
  return socket;
}

async function comeAndGo(port, n, end) {
  const channel = 'chat:door';
  const socket = await enter(port, `comer-${n}`, []);
  const commands = Array.from({length: 400}, (_, i) => [
    {id: 10 + 2 * i, subscribe: {channel}}, {id: 11 + 2 * i, unsubscribe: {channel}}]).flat();
  await flood(socket, end, () => lines(commands));
}

async function changeInfo(port, end) {
  const rooms = Array.from({length: ROOMS}, (_, i) => `chat:many-${i}`);
  const socket = await enter(port, 'changer', rooms);
  const tokens = ['b', 'c'].map((x) => userToken('changer', {info: info(x)}));
  let id = 1000;
  await flood(socket, end, () => lines([{id: ++id, refresh: {token: tokens[id % 2]}}]));
}

await runAttack('members that come and go', async ({http}, seconds) => {
  const end = Date.now() + 1000 * seconds;
  const node = {webSocketUrl: `ws://127.0.0.1:${http}/connection/websocket`};
  const stays = await connectWire(node, {user: 'stays'});
  await stays.ask({subscribe: {channel: 'chat:door'}});
  await Promise.all([
    ...Array.from({length: COMERS}, (_, i) => comeAndGo(http, i, end)),
    changeInfo(http, end),
  ]);
});
