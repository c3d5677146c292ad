// Who gets a socket: limits that hold from accept on, and descriptors that are
// kept for those who must get in.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {connect as connectTcp} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {eventually, within} from '../support/eventually.mjs';
import {stopsCleanly, testNode} from '../support/fixture.mjs';
import {openRaw, openTcp, upgradeRequest} from '../support/frames.mjs';
import {makeNode} from '../support/node.mjs';

const LIMIT = 20;
const counted = await testNode({client: {connection_limit: LIMIT}});
const perAddress = await testNode({http: {connections_per_address: 5}});
const rated = await testNode({http: {connection_rate_per_address: 4}});

const health = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A socket that has asked once and is kept, or null when it was turned away. */
async function openKept(port, ask = health) {
  const socket = await openTcp(port);
  socket.write(ask);
  const end = await Promise.race([
    eventually(() => socket.received.includes('\r\n\r\n')), socket.gone]);
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(socket.received)?.[1]);
  return {socket, status: end === undefined && !status ? 0 : status};
}

const openOnes = (all) => all.filter(({socket}) => !socket.ended && !socket.destroyed);
const destroy = (all) => all.forEach(({socket}) => socket.destroy());

/** A socket from another address of this machine. */
function openFrom(localAddress, port) {
  return new Promise((resolve) => {
    const socket = connectTcp({port, host: '127.0.0.1', localAddress});
    socket.once('data', (bytes) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(bytes)[1]));
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.write(health);
  });
}

describe('client.connection_limit', () => {
  const {http: port} = counted.ports;

  test('holds for connections that only ask by HTTP: the one idle longest goes', async () => {
    const all = [];
    for (let i = 0; i < 3 * LIMIT; ++i)
      all.push(await openKept(port));
    assert.deepEqual(new Set(all.map(({status}) => status)), new Set([200]));
    await eventually(() => openOnes(all).length === LIMIT);
    assert.deepEqual(openOnes(all), all.slice(2 * LIMIT));
    const wire = await connectWire(counted);
    assert.ok(wire.connected.connect.client);
    wire.disconnect();
    destroy(all);
  });

  test('holds for upgrades without connect: one more gets 503', async () => {
    const all = [];
    for (let i = 0; i < LIMIT; ++i)
      all.push({socket: await openRaw(port)});
    for (let i = 0; i < 5; ++i) {
      const {socket, status} = await openKept(port, upgradeRequest(port));
      assert.equal(status, 503);
      assert.match(socket.received.toString(), /all 20 connections are taken/);
      await within(socket.gone, 5000, 'the end of a socket too much');
    }
    assert.equal(openOnes(all).length, LIMIT);
    all.pop().socket.destroy();
    await eventually(async () => (await openKept(port)).status === 200);
    destroy(all);
  });

  test('is said once in the log, not for each socket', async () => {
    const lines = counted.log.match(/http\.listen turns sockets away/g);
    assert.equal(lines.length, 1);
    const refused = (limit) =>
      counted.metric('roost_sockets_refused_total', `"${limit}"`);
    assert.ok(await refused('connection_limit') >= 5);
    assert.equal(await refused('internal_connections'), 0);
    assert.ok(await counted.metric('roost_idle_connections_displaced_total') >= 2 * LIMIT);
  });
});

describe('http.connections_per_address', () => {
  test('leaves room for other addresses', async () => {
    const {http: port} = perAddress.ports;
    const all = [];
    for (let i = 0; i < 5; ++i)
      all.push(await openKept(port));
    assert.equal((await openKept(port)).status, 503);
    assert.equal(await openFrom('127.0.0.2', port), 200);
    assert.ok(await perAddress.metric('roost_sockets_refused_total',
      '"connections_per_address"') >= 1);
    destroy(all.splice(0, 1));
    await eventually(async () => (await openKept(port)).status === 200);
    destroy(all);
  });
});

describe('http.connection_rate_per_address', () => {
  test('leaves the rate of other addresses alone', async () => {
    const {http: port} = rated.ports;
    const statuses = [];
    for (let i = 0; i < 12; ++i)
      statuses.push((await openKept(port)).status);
    assert.ok(statuses.includes(503), statuses.join());
    assert.ok(await rated.metric('roost_sockets_refused_total',
      '"connection_rate_per_address"') >= 1);
    assert.equal(await openFrom('127.0.0.2', port), 200);
    await eventually(async () => (await openKept(port)).status === 200);
  });
});

describe('descriptors', () => {
  test('are kept for the internal address when clients want all', async () => {
    const node = await makeNode('few');
    node.command = (roost, args) => ['prlimit', ['--nofile=160', roost, ...args]];
    await node.start();
    assert.match(node.log, /160 descriptors: 80 for clients, 80 kept/);
    const all = [];
    for (let i = 0; i < 200; ++i) {
      const socket = connectTcp(node.ports.http, '127.0.0.1').on('error', () => {});
      socket.write(upgradeRequest(node.ports.http));
      all.push({socket});
    }
    await eventually(async () =>
      await node.metric('roost_sockets_refused_total') >= 120);
    assert.equal((await node.health()).ready, true);
    assert.equal((await node.call('info')).status, 200);
    assert.doesNotMatch(node.log, /cannot accept/);
    destroy(all);
    await eventually(async () =>
      (await openKept(node.ports.http)).status === 200);
    await stopsCleanly(node);
  });

  test('that are gone are waited for, with one line in the log', async () => {
    const node = await makeNode('none');
    await node.start();
    const limit = (count) => execFileSync('prlimit',
      ['--pid', String(node.pid), `--nofile=${count}:`]);
    limit(10);
    const socket = connectTcp(node.ports.http, '127.0.0.1').on('error', () => {});
    socket.write(health);
    let answer = '';
    socket.on('data', (bytes) => { answer += bytes; });
    await eventually(() => node.log.includes('http.listen cannot accept'));
    await sleep(500); // in which it tries again
    assert.equal(answer, '');
    assert.equal(node.log.match(/http\.listen cannot accept/g).length, 1);
    limit(1000);
    await eventually(() => answer.startsWith('HTTP/1.1 200'));
    const pauses = await node.metric('roost_accept_pauses_total');
    assert.ok(pauses >= 2 && pauses < 20, `${pauses} pauses`);
    socket.destroy();
    await stopsCleanly(node);
  });
});
