// Clients of a cluster behind nginx and HAProxy, as cluster-config/load-balancer
// has them.
import assert from 'node:assert/strict';
import {after, describe, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {EventSource} from 'eventsource';
import WebSocket from 'ws';

import {startHaproxy, startNginx} from '../support/balancers.mjs';
import {makeCertificates} from '../support/certificates.mjs';
import {codecs, connect, disconnectAll, makeClient, subscribe, Wire} from '../support/clients.mjs';
import {Cluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {stopsCleanly} from '../support/fixture.mjs';
import {makeNode, temporaryFolder} from '../support/node.mjs';
import {connectPolling, polling} from '../support/polling.mjs';
import {userToken} from '../support/tokens.mjs';

// Clients take any certificate; balancers and `roost ctl` do not.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

const certificates = makeCertificates(['roost.internal']);
const tls = {tls_certificate: certificates.certificate, tls_key: certificates.key};
const settings = {
  // Times are to those of the balancers as the defaults are to those of the samples.
  http: {...tls, trusted_proxies: ['127.0.0.1', 'unix:'], poll_wait: '1s'},
  internal: tls,
  client: {ping_interval: '1s', pong_timeout: '900ms'},
  log: {level: 'info'},
};

const cluster = new Cluster(settings);
for (let i = 0; i < 3; ++i)
  (await cluster.add()).ca = certificates.ca;
await cluster.start();
const [one, two, three] = cluster.nodes;
const balancers = [
  await startNginx(cluster.nodes.map(({ports}) => `127.0.0.1:${ports.http}`), certificates),
  await startHaproxy(cluster.nodes.map(({ports}) =>
    ({address: `127.0.0.1:${ports.http}`, check: ports.internal})), certificates),
];
after(async () => {
  disconnectAll();
  await Promise.all(balancers.map((balancer) => balancer.stop()));
  await Promise.all(cluster.nodes.filter(({alive}) => alive).map(stopsCleanly));
});

/** How clients of the SDK come: its name, and the wire format. */
const ways = [
  {transport: undefined, codec: codecs[0]},
  {transport: undefined, codec: codecs[1]},
  {transport: 'http_stream', codec: codecs[0]},
  {transport: 'http_stream', codec: codecs[1]},
  {transport: 'sse', codec: codecs[0]},
  {transport: 'poll', codec: codecs[0]},
  {transport: 'poll', codec: codecs[1]},
];
const nameOf = ({transport = 'websocket', codec}) => `${transport} (${codec.name})`;

/** What connects a client through `balancer` in one of these ways. */
const optionsOf = (balancer, {transport, codec}) =>
  ({codec, ...(transport === 'poll' ? polling(balancer.httpUrl) : {transport})});

const request = (user, channel) => JSON.stringify({
  token: userToken(user, {channels: [channel]})});

/** How clients that only listen come: each calls `take` with each push, and
 * answers how to end it. */
const listeners = {
  uni_websocket(balancer, said, take) {
    const socket = new WebSocket(balancer.webSocketUrl.replace('websocket', 'uni_websocket'));
    socket.on('open', () => socket.send(said));
    socket.on('message', (data) => data.toString().split('\n').forEach((x) => take(JSON.parse(x))));
    socket.on('error', () => {});
    return () => socket.terminate();
  },
  uni_sse(balancer, said, take) {
    const source = new EventSource(
      `${balancer.httpUrl}/connection/uni_sse?cf_connect=${encodeURIComponent(said)}`);
    source.onmessage = ({data}) => take(JSON.parse(data));
    return () => source.close();
  },
  uni_http_stream(balancer, said, take) {
    const abort = new AbortController();
    (async () => {
      const {body} = await fetch(`${balancer.httpUrl}/connection/uni_http_stream`,
        {method: 'POST', body: said, signal: abort.signal});
      let rest = '';
      for await (const bytes of body) {
        const lines = (rest + Buffer.from(bytes)).split('\n');
        rest = lines.pop();
        lines.forEach((line) => take(JSON.parse(line)));
      }
    })().catch(() => {});
    return () => abort.abort();
  },
};

let users = 0;

/** A WebSocket that is connected through `balancer` as nobody else. */
async function arrive(balancer, {user = `user-${++users}`, ...options} = {}) {
  const wire = new Wire(balancer, options);
  await wire.opened;
  wire.user = user;
  await wire.ask({connect: {token: userToken(user)}});
  return wire;
}

async function addressOf(node, user) {
  const {out} = await node.ctl('--json', 'connections', '--user', user);
  return JSON.parse(out).connections[0].remote_address;
}

const clientsOf = (node) => node.metric('centrifugo_client_connections_inflight');
const arrivalsAt = (node) => node.metric('centrifugo_client_connections_accepted');

/** Until the balancer sends newcomers to a node that has just started. */
async function untilKnown(balancer, node) {
  const before = await arrivalsAt(node);
  await eventually(async () => {
    (await arrive(balancer)).disconnect();
    return await arrivalsAt(node) > before;
  });
}

/** The value that p percent of `all` do not pass. */
const percentile = (all, p) =>
  [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * p / 100))];

test('idle clients stay, behind all balancers', async () => {
  const lost = [];
  const ends = [];
  const heard = new Map();
  for (const balancer of balancers) {
    for (const way of ways) {
      const client = await connect(balancer,
        {...optionsOf(balancer, way), user: `idle-${++users}`});
      client.on('connecting', ({reason}) => lost.push(`${balancer.name} ${nameOf(way)}: ${reason}`));
    }
    for (const [name, listen] of Object.entries(listeners)) {
      const key = `${balancer.name} ${name}`;
      heard.set(key, 0);
      ends.push(listen(balancer, request(`idle-${++users}`, 'chat:idle'), ({connect}) => {
        if (connect)
          heard.set(key, heard.get(key) + 1);
      }));
    }
  }
  // Twice what balancers wait for somebody who says nothing, and more.
  await sleep(7000);
  assert.deepEqual(lost, []);
  assert.deepEqual([...heard].filter(([, connects]) => connects !== 1), []);
  ends.forEach((end) => end());
  disconnectAll();
});

for (const balancer of balancers)
  describe(`behind ${balancer.name}`, () => {
    for (const way of ways)
      test(`${nameOf(way)} connects, and its commands find it`, async () => {
        const client = await connect(balancer,
          {...optionsOf(balancer, way), user: `user-${++users}`});
        const channel = `chat:${balancer.name}-${users}`;
        const room = await subscribe(client, channel);
        for (let i = 0; i < 20; ++i)
          await room.publish(way.codec.pack({i}));
        await eventually(() => room.seen.length === 20);
        assert.deepEqual(room.seen.map(({data}) => way.codec.unpack(data).i),
          Array.from({length: 20}, (_, i) => i));
        client.disconnect();
      });

    for (const [name, listen] of Object.entries(listeners))
      test(`${name} hears its room at once`, async () => {
        const channel = `chat:${balancer.name}-${name}`;
        const seen = [];
        const end = listen(balancer, request(`user-${++users}`, channel),
          (push) => { if (push.connect || push.pub) seen.push(push); });
        await eventually(() => seen.length === 1);
        for (let i = 0; i < 3; ++i) {
          await one.api('publish', {channel, data: {i}});
          await eventually(() => seen.length === 2 + i, {withinMs: 1000});
        }
        end();
      });

    test('the module for long polling comes through', async () => {
      const answer = await fetch(`${balancer.httpUrl}/roost-polling.js`);
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /export class PollingWebSocket/);
    });

    test('a client keeps its address, whatever it says', async () => {
      const wire = await arrive(balancer, {headers: {'x-forwarded-for': '203.0.113.7'},
        localAddress: '127.0.0.9'});
      assert.equal(await addressOf(one, wire.user), '127.0.0.9');
      wire.disconnect();
    });

    test('what is too large is refused, and what is not Roost\'s', async () => {
      const post = (path, size) => fetch(`${balancer.httpUrl}${path}`,
        {method: 'POST', body: 'x'.repeat(size)}).then(({status}) => status);
      assert.equal(await post('/emulation', 300_000), 413);
      assert.equal(await post('/emulation', 100), 400);
      assert.ok([403, 404].includes(await post('/api/publish', 10)));
    });

    test('clients of a node that is killed are in again soon', async (t) => {
      const clients = [];
      for (let i = 0; i < 100; ++i) {
        // As the SDK does where nobody says otherwise.
        const client = makeClient(balancer, {user: `user-${++users}`,
          minReconnectDelay: 500, maxReconnectDelay: 20_000});
        const connected = next(client, 'connected', 20_000);
        client.connect();
        clients.push(client);
        if (i % 10 === 9)
          await connected;
      }
      await eventually(() => clients.every(({state}) => state === 'connected'));
      let lost = 0;
      const times = [];
      const killed = performance.now();
      for (const client of clients)
        client.once('connecting', () => {
          ++lost;
          client.once('connected', () => times.push(performance.now() - killed));
        });
      three.signal('SIGKILL');
      // Meanwhile new ones come, without any delay of their own.
      const news = [];
      while (performance.now() - killed < 2000) {
        const begin = performance.now();
        const wire = await arrive(balancer);
        news.push(performance.now() - begin);
        wire.disconnect();
        await sleep(20);
      }
      await three.ended;
      await eventually(() => times.length === lost);
      assert.ok(lost >= 20, `${lost} clients were at the node`);
      assert.ok(clients.every(({state}) => state === 'connected'));
      t.diagnostic(`${times.length} reconnected after ${Math.round(percentile(times, 50))} ms (p50), `
        + `${Math.round(percentile(times, 99))} ms (p99); ${news.length} new ones took `
        + `${Math.round(percentile(news, 50))} ms (p50), ${Math.round(Math.max(...news))} ms (most)`);
      assert.ok(percentile(times, 99) < 1500, `p99 ${percentile(times, 99)}`);
      assert.ok(Math.max(...news) < 500, `a new one took ${Math.max(...news)} ms`);
      disconnectAll();
      await three.start();
      await cluster.settled({withinMs: 30_000});
    });

    test('who polls a node that is killed costs newcomers nothing', async () => {
      await untilKnown(balancer, three);
      const pollers = await Promise.all(Array.from({length: 24}, () =>
        connectPolling(balancer, {user: `user-${++users}`})));
      const losses = [];
      for (const client of pollers)
        client.on('connecting', ({reason}) => losses.push(reason));
      three.signal('SIGKILL');
      const killed = performance.now();
      while (performance.now() - killed < 2000 || losses.length === 0
        || pollers.some(({state}) => state !== 'connected')) {
        assert.ok(performance.now() - killed < 60_000, `not all are back: ${losses.join()}`);
        (await arrive(balancer)).disconnect();
        await sleep(20);
      }
      await three.ended;
      disconnectAll();
      await three.start();
      await cluster.settled({withinMs: 30_000});
    });

    test('a drained node keeps its clients, and gets no more', async () => {
      await untilKnown(balancer, three);
      const old = await Promise.all(Array.from({length: 12}, () => arrive(balancer)));
      const {status, err} = await one.ctl('drain', three.name, '--wait', '20s');
      assert.equal(status, 0, err);
      await eventually(async () => (await three.health()).drained);
      const before = await arrivalsAt(three);
      const kept = await clientsOf(three);
      assert.ok(kept > 0);
      const young = await Promise.all(Array.from({length: 30}, () => arrive(balancer)));
      assert.equal(await arrivalsAt(three), before);
      assert.equal(await clientsOf(three), kept);
      for (const wire of old)
        assert.ok((await wire.ask({rpc: {method: 'roost.echo', data: 1}})).rpc);
      assert.equal((await one.ctl('drain', three.name, '--undo')).status, 0);
      await eventually(async () => {
        young.push(await arrive(balancer));
        return await arrivalsAt(three) > before;
      });
      [...old, ...young].forEach((wire) => wire.disconnect());
    });

    test('while a node stops nobody is refused', async () => {
      const old = await Promise.all(Array.from({length: 12}, () => connect(balancer,
        {user: `user-${++users}`})));
      const stopped = stopsCleanly(two);
      let over = false;
      stopped.finally(() => { over = true; });
      while (!over) {
        (await arrive(balancer)).disconnect();
        await sleep(20);
      }
      await stopped;
      await eventually(() => old.every(({state}) => state === 'connected'));
      disconnectAll();
      await two.start();
      await cluster.settled({withinMs: 30_000});
    });
  });

describe('the other ways from a balancer to a node', () => {
  test('the PROXY protocol says who a client is', async () => {
    const node = await makeNode('node-1', {...settings, http: {...settings.http, proxy_protocol: true}});
    node.ca = certificates.ca;
    await node.start();
    const where = {address: `127.0.0.1:${node.ports.http}`, check: node.ports.internal};
    const balancer = await startHaproxy([where, where, where], certificates, {proxyProtocol: true});
    const wire = await arrive(balancer, {headers: {'x-forwarded-for': '203.0.113.7'},
      localAddress: '127.0.0.9'});
    assert.equal(await addressOf(node, wire.user), '127.0.0.9');
    wire.disconnect();
    await balancer.stop();
    await stopsCleanly(node);
  });

  test('a unix socket', async () => {
    const node = await makeNode('node-1', settings);
    const path = `unix:${temporaryFolder()}/http.sock`;
    node.rewrite({...node.config, http: {...node.config.http, listen: path}});
    node.ca = certificates.ca;
    await node.start();
    const balancer = await startNginx([path, path, path], certificates);
    const wire = await arrive(balancer, {localAddress: '127.0.0.9'});
    assert.equal(await addressOf(node, wire.user), '127.0.0.9');
    wire.disconnect();
    await balancer.stop();
    await stopsCleanly(node);
  });
});
