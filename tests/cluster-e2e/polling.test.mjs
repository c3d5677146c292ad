// Clients of long polling whose requests come to other nodes than their session.
import assert from 'node:assert/strict';
import {createServer, request as httpRequest} from 'node:http';
import {after, describe, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {codecs, subscribe} from '../support/clients.mjs';
import {testCluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {connectPolling, connectSession, openSession} from '../support/polling.mjs';
import {userToken} from '../support/tokens.mjs';

const cluster = await testCluster(3);
const [one, two, three] = cluster.nodes;

/** A balancer: each request goes to the next node that takes it. */
async function balance() {
  let count = 0;
  const pass = (request, body, response, tries) => {
    const {ports} = cluster.nodes[count++ % cluster.nodes.length];
    const onward = httpRequest({host: '127.0.0.1', port: ports.http, path: request.url,
      method: request.method, headers: request.headers}, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', ({code}) => {
      if (code === 'ECONNREFUSED' && tries > 1)
        pass(request, body, response, tries - 1);
      else
        response.destroy();
    });
    onward.end(body);
  };
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request)
      parts.push(part);
    pass(request, Buffer.concat(parts), response, cluster.nodes.length);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const url = await balance();

/** The requests that each node was sent for sessions, wherever those are. */
const requestCounts = () => Promise.all(cluster.nodes.map((node) =>
  node.metric('roost_session_requests_total')));

for (const codec of codecs)
  test(`the ${codec.name} client behind a balancer gets all in order`, async () => {
    const channel = `chat:polling-anywhere-${codec.name}`;
    const client = await connectPolling(one, {codec, url});
    const room = await subscribe(client, channel);
    const before = await requestCounts();
    for (let i = 0; i < 60; ++i)
      await room.publish(codec.pack({i}));
    await eventually(() => room.seen.length >= 60);
    assert.deepEqual(room.seen.map(({data}) => codec.unpack(data).i),
      Array.from({length: 60}, (_, i) => i));
    // The balancer has brought as many to each node, of 120 and more.
    const after = await requestCounts();
    assert.ok(after.every((count, i) => count - before[i] >= 30), `${before}; ${after}`);
    client.disconnect();
    await eventually(async () =>
      (await one.api('presence_stats', {channel})).num_clients === 0);
  });

describe('a session', () => {
  test('is polled and sent to through another node', async () => {
    const session = await openSession(one);
    await session.send({id: 1, connect: {token: userToken('far')}}, {at: two});
    assert.ok((await session.until(({id}) => id === 1, {at: three})).connect);
    assert.equal((await session.send({id: 2, presence_stats: {channel: 'chat:x'}},
      {number: 1, at: three})).status, 204); // taken already, and not again
    const waiting = session.poll(session.number + 1, {at: two});
    await sleep(2500); // more than one question on the link
    await session.send({id: 3, presence_stats: {channel: 'chat:x'}}, {at: three});
    const {messages, text} = await waiting;
    assert.equal(messages[0].id, 3);
    const again = await session.poll(session.number + 1, {at: three});
    assert.equal(again.text, text);
    assert.equal((await session.poll(99, {at: two})).status, 409);
    assert.equal((await session.close({at: two})).status, 204);
    assert.equal((await session.poll(1, {at: two})).status, 404);
  });

  test('has one poll, wherever it waits', async () => {
    const session = await connectSession(one);
    const older = session.poll(session.number + 1, {at: two});
    await sleep(200);
    const newer = session.poll(session.number + 1, {at: three});
    assert.equal((await older).text, '{}\n');
    await session.send({id: 2, presence_stats: {channel: 'chat:x'}});
    assert.equal((await newer).messages[0].id, 2);
    await session.close();
  });

  test('goes on when the node that it is polled through dies', async () => {
    const session = await connectSession(one);
    const lost = session.poll(session.number + 1, {at: three}).then(() => 'answered',
      () => 'lost');
    await sleep(200);
    await three.kill();
    assert.equal(await lost, 'lost');
    const {status} = await session.send(
      {id: 2, presence_stats: {channel: 'chat:x'}}, {at: two});
    assert.equal(status, 204);
    await session.until(({id}) => id === 2, {at: two});
    await session.close();
    await three.start();
    await cluster.settled({withinMs: 30_000});
  });

  test('of a node that dies is missed, and its client goes on elsewhere', async () => {
    const channel = 'chat:polling-dies';
    const session = await connectSession(three, 'by-hand');
    const home = await connectPolling(three, {url});
    const clients = [home, await connectPolling(one, {url}), await connectPolling(one, {url})];
    const rooms = [];
    for (const client of clients)
      rooms.push(await subscribe(client, channel, {recoverable: true}));
    await one.api('publish', {channel, data: 'before'});
    await eventually(() => rooms.every(({seen}) => seen.length === 1));
    const left = Promise.race(clients.map((client) => next(client, 'connecting', 40_000)));
    await three.kill();
    await left; // the balancer has opened one of three there
    const statuses = new Set();
    await eventually(async () => {
      statuses.add((await session.poll(session.number + 1, {at: one})).status);
      return statuses.has(404);
    }, {withinMs: 20_000});
    // A balancer would take `one` for a node that takes no clients.
    assert.ok(!statuses.has(503));
    await eventually(() => clients.every(({state}) => state === 'connected'),
      {withinMs: 40_000});
    await eventually(async () => {
      await one.api('publish', {channel, data: 'after'});
      return true;
    }, {withinMs: 20_000});
    await eventually(() => rooms.every(({seen}) => seen.at(-1)?.data === 'after'),
      {withinMs: 20_000});
    clients.forEach((client) => client.disconnect());
    await three.start();
    await cluster.settled({withinMs: 30_000});
  });
});
