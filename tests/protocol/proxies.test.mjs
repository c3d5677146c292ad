// Who a client is behind a balancer.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {connect as connectTcp} from 'node:net';
import {describe, test} from 'node:test';

import {addressOf, arriveAt} from '../support/arrivals.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {upgradeRequest} from '../support/frames.mjs';

const trusting = await testNode({http: {trusted_proxies: ['127.0.0.0/8'],
  connections_per_address: 2}});
const suspicious = await testNode({http: {trusted_proxies: ['192.0.2.0/24']}});
const haproxy = await testNode({http: {proxy_protocol: true,
  trusted_proxies: ['127.0.0.1']}});
const closed = await testNode({http: {proxy_protocol: true,
  trusted_proxies: ['192.0.2.1']}});

const arrive = (node, user, headers) => arriveAt(node.webSocketUrl, user, {headers});

describe('a client behind a proxy', () => {
  test('has the address that a trusted one says', async () => {
    const socket = await arrive(trusting, 'forwarded', {'x-forwarded-for': '1.1.1.1, 203.0.113.7'});
    assert.equal(await addressOf(trusting, 'forwarded'), '203.0.113.7');
    socket.terminate();
  });

  test('has its own where nobody trusts the proxy', async () => {
    const socket = await arrive(suspicious, 'liar', {'x-forwarded-for': '203.0.113.7'});
    assert.equal(await addressOf(suspicious, 'liar'), '127.0.0.1');
    socket.terminate();
  });

  test('counts for that address, and not for the proxy\'s', async () => {
    const come = (i, address) => arrive(trusting, `one-${i}`, {'x-forwarded-for': address});
    const crowd = [];
    for (let i = 0; i < 6; ++i)
      crowd.push(await come(i, `198.51.100.${i}`));
    const full = [await come(6, '198.51.100.77'), await come(7, '198.51.100.77')];
    assert.equal(await come(8, '198.51.100.77'), 503);
    full[0].terminate();
    await eventually(async () => {
      const again = await come(9, '198.51.100.77');
      if (typeof again === 'number')
        return false;
      again.terminate();
      return true;
    });
    for (const socket of [...crowd, full[1]])
      socket.terminate();
  });
});

/** Upgrades behind `header`; resolves with what the node says, or '' when it
 * closes without a word. */
async function behind(header, node = haproxy) {
  const socket = connectTcp(node.ports.http, '127.0.0.1');
  socket.on('error', () => {});
  await next(socket, 'connect');
  socket.write(Buffer.concat([Buffer.from(header, 'latin1'),
    Buffer.from(upgradeRequest(node.ports.http))]));
  const data = once(socket, 'data').then(([bytes]) => bytes.toString('latin1'));
  const answer = await Promise.race([data, once(socket, 'close').then(() => '')]);
  socket.destroy();
  return answer;
}

describe('the PROXY protocol', () => {
  test('is read in both versions', async () => {
    for (const header of [
      'PROXY TCP4 203.0.113.7 127.0.0.1 4711 443\r\n',
      'PROXY UNKNOWN\r\n',
      '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\x7f\0\0\x01\x12\x67\x01\xbb',
      '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0',
    ])
      assert.match(await behind(header), /^HTTP\/1\.1 101 /);
  });

  test('is expected where it is on', async () => {
    for (const header of ['', 'PROXY TCP4 nonsense\r\n', 'x'.repeat(300)])
      assert.equal(await behind(header), '');
  });

  test('is believed from trusted proxies only', async () => {
    assert.equal(await behind('PROXY TCP4 203.0.113.7 127.0.0.1 4711 443\r\n', closed), '');
  });

  test('says the address of a client', async () => {
    const socket = connectTcp(haproxy.ports.http, '127.0.0.1');
    await next(socket, 'connect');
    socket.write('PROXY TCP4 203.0.113.9 127.0.0.1 4711 443\r\n');
    const ws = await arriveAt(haproxy.webSocketUrl, 'proxied',
      {createConnection: () => socket});
    assert.equal(await addressOf(haproxy, 'proxied'), '203.0.113.9');
    ws.terminate();
  });
});
