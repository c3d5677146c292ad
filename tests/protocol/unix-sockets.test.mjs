// Nodes that listen at several addresses, unix sockets among them.
import assert from 'node:assert/strict';
import {existsSync, statSync, writeFileSync} from 'node:fs';
import {get} from 'node:http';
import {join} from 'node:path';
import {describe, test} from 'node:test';

import {addressOf, arriveAt} from '../support/arrivals.mjs';
import {connectWire} from '../support/clients.mjs';
import {ADMIN_KEY} from '../support/config.mjs';
import {eventually} from '../support/eventually.mjs';
import {stopsCleanly} from '../support/fixture.mjs';
import {makeNode, roost, temporaryFolder} from '../support/node.mjs';
import {freePort} from '../support/ports.mjs';

const folder = temporaryFolder();
const path = (name) => join(folder, `${name}.sock`);

/** A node that also listens at a path; `more` is of [http]. */
async function nodeAt(name, more = {}) {
  const node = await makeNode('node-1', {});
  node.rewrite({...node.config,
    http: {...node.config.http, listen: [node.config.http.listen, `unix:${path(name)}`], ...more},
    internal: {listen: [node.config.internal.listen, `unix:${path(`${name}-internal`)}`]}});
  return node;
}

const arrive = (name, user, headers) =>
  arriveAt(`ws+unix:${path(name)}:/connection/websocket`, user, {headers});

/** The status of a GET at a path. */
function statusAt(name, target) {
  return new Promise((resolve, reject) => {
    get({socketPath: path(name), path: target}, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

describe('a node with several addresses', () => {
  test('serves clients at each', async () => {
    const node = await (await nodeAt('each')).start();
    const socket = await arrive('each', 'local');
    const wire = await connectWire(node, {user: 'remote'});
    assert.equal(await addressOf(node, 'local'), 'unix:');
    assert.equal(await addressOf(node, 'remote'), '127.0.0.1');
    wire.disconnect();
    socket.terminate();
    assert.match(node.log,
      new RegExp(`serves clients at 127.0.0.1:${node.ports.http}, unix:${path('each')}`));
    await stopsCleanly(node);
  });

  test('serves backends and admins at each', async () => {
    const node = await (await nodeAt('inner')).start();
    assert.equal(await statusAt('inner-internal', '/health/ready'), 200);
    const {status, out} = await roost(['ctl', '--address',
      `unix:${path('inner-internal')}`, '--key', ADMIN_KEY, '--json', 'nodes']);
    assert.equal(status, 0);
    assert.equal(JSON.parse(out).nodes[0].http_address,
      `127.0.0.1:${node.ports.http}, unix:${path('inner')}`);
    await stopsCleanly(node);
  });

  test('has them from a variable', async () => {
    const port = await freePort();
    const node = await makeNode();
    await node.start({ROOST_HTTP_LISTEN: `127.0.0.1:${port}, unix:${path('variable')}`});
    assert.equal(await statusAt('variable', '/health'), 200);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
    await stopsCleanly(node);
  });

  test('says which port the kernel picked', async () => {
    const node = await makeNode();
    await node.start({ROOST_HTTP_LISTEN: '127.0.0.1:0'});
    const [, port] = /serves clients at 127\.0\.0\.1:(\d+)/.exec(node.log);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
    await stopsCleanly(node);
  });
});

describe('the file of a unix socket', () => {
  test('goes with its node', async () => {
    const node = await (await nodeAt('gone')).start();
    assert.ok(statSync(path('gone')).isSocket());
    await stopsCleanly(node);
    assert.ok(!existsSync(path('gone')));
    assert.ok(!existsSync(path('gone-internal')));
  });

  test('is replaced when its node was killed', async () => {
    const node = await (await nodeAt('killed')).start();
    await node.kill();
    assert.ok(existsSync(path('killed')));
    await node.start();
    assert.equal(await statusAt('killed', '/health'), 200);
    await stopsCleanly(node);
  });

  test('is left to another node that listens there', async () => {
    const node = await (await nodeAt('busy')).start();
    const late = await nodeAt('busy');
    const {status} = await late.launch().ended;
    assert.notEqual(status, 0);
    assert.match(late.log, /http\.listen: found "unix:.*busy\.sock", which cannot be listened at: another process listens there; allowed: /);
    assert.equal(await statusAt('busy', '/health'), 200);
    await stopsCleanly(node);
  });

  test('is not made of another file', async () => {
    writeFileSync(path('precious'), 'precious');
    const node = await nodeAt('precious');
    const {status} = await node.launch().ended;
    assert.equal(status, 2);
    assert.match(node.log, /the file there is no socket/);
    assert.ok(statSync(path('precious')).isFile());
  });
});

describe('a proxy at a unix socket', () => {
  test('says who its clients are where it is trusted', async () => {
    const node = await (await nodeAt('trusted',
      {trusted_proxies: ['unix:'], connections_per_address: 1})).start();
    const from = (user, address) => arrive('trusted', user, {'x-forwarded-for': address});
    const sockets = [await from('a', '203.0.113.1'), await from('b', '203.0.113.2')];
    assert.equal(await addressOf(node, 'a'), '203.0.113.1');
    assert.equal(await from('c', '203.0.113.2'), 503);
    // Nobody trusts who comes over TCP.
    const wire = await connectWire(node,
      {user: 'd', headers: {'x-forwarded-for': '203.0.113.9'}});
    assert.equal(await addressOf(node, 'd'), '127.0.0.1');
    wire.disconnect();
    sockets.forEach((socket) => socket.terminate());
    await stopsCleanly(node);
  });

  test('is one address where it is not', async () => {
    const node = await (await nodeAt('plain', {connections_per_address: 2})).start();
    const from = (user) => arrive('plain', user, {'x-forwarded-for': '203.0.113.1'});
    const sockets = [await from('a'), await from('b')];
    assert.equal(await addressOf(node, 'a'), 'unix:');
    assert.equal(await statusAt('plain', '/health'), 503);
    sockets[0].terminate();
    await eventually(async () => await statusAt('plain', '/health') === 200);
    sockets[1].terminate();
    await stopsCleanly(node);
  });
});
