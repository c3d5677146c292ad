// Clients whose commands come to another node than their stream.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {describe, test} from 'node:test';

import {codecs, connect, subscribe} from '../support/clients.mjs';
import {testCluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {openTcp} from '../support/frames.mjs';
import {openReader, postRequest} from '../support/readers.mjs';

const cluster = await testCluster(3);
const [one, two, three] = cluster.nodes;

const upTo = (count) => Array.from({length: count}, (_, i) => i);

/** The requests that each node was sent for sessions {here, elsewhere}. */
const requestCounts = () => Promise.all(cluster.nodes.map(async (node) => {
  const count = (where) =>
    node.metric('roost_session_requests_total', `session="${where}"`);
  return {here: await count('here'), elsewhere: await count('elsewhere')};
}));

/** The same of what was sent since `before`. */
const requestsSince = async (before) => (await requestCounts()).map(
  ({here, elsewhere}, i) =>
    ({here: here - before[i].here, elsewhere: elsewhere - before[i].elsewhere}));

/** A stream at the first node; `post(data)` makes a request that publishes. */
async function openStream(transport, channel) {
  const reader = await openReader(transport, one, channel);
  const {session, node} = reader.read().messages[0].connect;
  let id = 1;
  return {
    ...reader,
    post: (data) => JSON.stringify({node, session,
      data: JSON.stringify({id: ++id, publish: {channel, data}})}),
    /** What was published, once it is so much. */
    heard: (count) => eventually(() => {
      const all = reader.read().messages.flatMap(({push}) => push?.pub?.data ?? []);
      return all.length >= count && all;
    }),
  };
}

/** Sends all bodies at once on one connection; resolves once each was taken. */
async function pipeline(node, bodies) {
  const socket = await openTcp(node.ports.http);
  socket.write(bodies.map((body) => postRequest('/emulation', body)).join(''));
  const taken = () => socket.received.toString().split('HTTP/1.1 204 ').length - 1;
  await eventually(() => taken() === bodies.length, {what: `${bodies.length} answers`});
  socket.destroy();
}

for (const transport of ['http_stream', 'sse'])
  describe(`a client over ${transport}`, () => {
    test('sends its commands to another node, in order', async () => {
      const channel = `chat:anywhere-${transport}`;
      const before = await requestCounts();
      const client = await connect(one, {transport, emulationNode: two});
      const room = await subscribe(client, channel);
      for (const i of upTo(30))
        await room.publish({i});
      await eventually(() => room.seen.length >= 30);
      assert.deepEqual(room.seen.map(({data}) => data.i), upTo(30));
      assert.deepEqual(await requestsSince(before),
        [{here: 0, elsewhere: 0}, {here: 0, elsewhere: 31}, {here: 0, elsewhere: 0}]);
      client.disconnect();
      await eventually(async () =>
        (await one.api('presence_stats', {channel})).num_clients === 0);
    });

    test('sends each command to another node, and their order is kept', async () => {
      const stream = await openStream(transport, `chat:spread-${transport}`);
      const before = await requestCounts();
      for (const i of upTo(60)) {
        const {status} = await fetch(`${cluster.nodes[i % 3].httpUrl}/emulation`,
          {method: 'POST', body: stream.post(i)});
        assert.equal(status, 204);
      }
      assert.deepEqual(await stream.heard(60), upTo(60));
      assert.deepEqual(await requestsSince(before),
        [{here: 20, elsewhere: 0}, {here: 0, elsewhere: 20}, {here: 0, elsewhere: 20}]);
      stream.leave();
    });

    test('sends many at once to several nodes: each connection keeps its order', async () => {
      const stream = await openStream(transport, `chat:pipelined-${transport}`);
      const before = await requestCounts();
      await Promise.all(cluster.nodes.map((node, at) =>
        pipeline(node, upTo(50).map((i) => stream.post({at, i})))));
      const heard = await stream.heard(150);
      assert.equal(heard.length, 150);
      for (const at of upTo(3))
        assert.deepEqual(heard.filter((one) => one.at === at).map(({i}) => i), upTo(50));
      assert.deepEqual(await requestsSince(before),
        [{here: 50, elsewhere: 0}, {here: 0, elsewhere: 50}, {here: 0, elsewhere: 50}]);
      stream.leave();
    });

    test('goes on elsewhere when the node of its stream dies', async () => {
      const channel = `chat:elsewhere-${transport}`;
      const client = await connect(three, {transport, emulationNode: two,
        codec: codecs[0]});
      const room = await subscribe(client, channel);
      await one.api('publish', {channel, data: 'before'});
      await eventually(() => room.seen.length === 1);
      const left = next(client, 'connecting', 20_000);
      await three.kill();
      await left;
      client.disconnect();
      // What it was called there is nobody's now.
      const answer = await fetch(`${two.httpUrl}/emulation`, {method: 'POST',
        body: JSON.stringify({session: randomUUID(), node: three.name, data: '{}'})});
      assert.ok([404, 504].includes(answer.status), `${answer.status}`);
      await three.start();
      await cluster.settled({withinMs: 30_000});
    });
  });

test('what is no session stays at the node where it came', async () => {
  const sent = () => two.metric('roost_link_bytes_sent_total');
  const before = await sent();
  const body = JSON.stringify({session: 'x'.repeat(100_000), node: one.name, data: '{}'});
  for (let i = 0; i < 20; ++i)
    assert.equal((await fetch(`${two.httpUrl}/emulation`, {method: 'POST', body})).status, 404);
  // Heartbeats go on; they are far smaller.
  assert.ok(await sent() - before < 1_000_000, `${await sent() - before} bytes`);
});
