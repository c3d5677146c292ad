// Clients whose commands come to another node than their stream.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {describe, test} from 'node:test';

import {codecs, connect, subscribe} from '../support/clients.mjs';
import {testCluster} from '../support/cluster.mjs';
import {eventually, next} from '../support/eventually.mjs';

const cluster = await testCluster(3);
const [one, two, three] = cluster.nodes;

for (const transport of ['http_stream', 'sse'])
  describe(`a client over ${transport}`, () => {
    test('sends its commands to any node, in order', async () => {
      const channel = `chat:anywhere-${transport}`;
      const client = await connect(one, {transport, emulationNode: two});
      const room = await subscribe(client, channel);
      const publishing = Array.from({length: 30}, (_, i) => () => room.publish({i}));
      for (const publish of publishing)
        await publish();
      await eventually(() => room.seen.length === 30);
      assert.deepEqual(room.seen.map(({data}) => data.i),
        Array.from({length: 30}, (_, i) => i));
      client.disconnect();
      await eventually(async () =>
        (await one.api('presence_stats', {channel})).num_clients === 0);
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
