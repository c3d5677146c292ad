// What is the same over all transports, by the npm client.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {describe, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {connect, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {ways} from '../support/transports.mjs';

const node = await testNode();
const quick = await testNode({
  http: {poll_wait: '500ms'}, client: {ping_interval: '1s', pong_timeout: '500ms'}});

const upTo = (count) => Array.from({length: count}, (_, i) => i);

for (const {name, tag, transport, codec, ...way} of ways) {
  describe(name, () => {
    const unpacked = ({seen}) => seen.map(({data}) => codec.unpack(data).i);

    test('is listed with its transport', async () => {
      const client = await way.connect(node);
      const {connections} = JSON.parse((await node.ctl('--json', 'connections')).out);
      assert.equal(connections.find((one) => one.client === client.id).transport, transport);
      client.disconnect();
    });

    test('publishes, and every member receives it in order', async () => {
      const channel = `chat:in-order-${tag}`;
      const one = await way.connect(node, {user: 'one'});
      const two = await connect(node, {codec, user: 'two'});
      const here = await subscribe(one, channel);
      const there = await subscribe(two, channel);
      for (const i of upTo(20))
        await (i % 2 ? here : there).publish(codec.pack({i}));
      await eventually(() => here.seen.length >= 20 && there.seen.length >= 20);
      assert.deepEqual(unpacked(here), upTo(20));
      assert.deepEqual(unpacked(there), upTo(20));
      one.disconnect();
      two.disconnect();
    });

    test('asks what clients ask', async () => {
      const channel = `chat:asks-${tag}`;
      const client = await way.connect(node);
      const room = await subscribe(client, channel);
      await room.publish(codec.pack({i: 1}));
      assert.deepEqual(Object.keys((await room.presence()).clients), [client.id]);
      assert.equal((await room.presenceStats()).numClients, 1);
      assert.equal((await room.history({limit: 10})).publications.length, 1);
      await assert.rejects(client.rpc('nothing', codec.pack({})), {code: 108});
      client.disconnect();
    });

    test('recovers what it missed', async () => {
      const channel = `chat:recovery-${tag}`;
      const client = await way.connect(node);
      const room = await subscribe(client, channel, {recoverable: true});
      client.disconnect();
      for (const i of upTo(5))
        await node.api('publish', {channel, data: {i}});
      const subscribed = next(room, 'subscribed');
      client.connect();
      assert.equal((await subscribed).recovered, true);
      await eventually(() => room.seen.length >= 5);
      assert.deepEqual(unpacked(room), upTo(5));
      client.disconnect();
    });

    test('leaves its rooms when it goes', async () => {
      const channel = `chat:leave-${tag}`;
      const members = async () =>
        (await node.api('presence_stats', {channel})).num_clients;
      const client = await way.connect(node);
      await subscribe(client, channel);
      assert.equal(await members(), 1);
      client.disconnect();
      await eventually(async () => await members() === 0);
    });

    test('is disconnected by the API with a code and a reason', async () => {
      const user = `ended-${tag}`;
      const client = await way.connect(node, {user});
      const ended = next(client, 'disconnected');
      await node.api('disconnect', {user, disconnect: {code: 4501, reason: 'out'}});
      const {code, reason} = await ended;
      assert.deepEqual({code, reason}, {code: 4501, reason: 'out'});
    });

    test('is told that its token is wrong', async () => {
      const client = way.make(node, {token: 'nonsense'});
      const ended = next(client, 'disconnected');
      client.connect();
      assert.equal((await ended).code, 3500);
    });
  });
}

describe('a client over each transport', () => {
  test('answers pings, and stays', async () => {
    await Promise.all(ways.map(async ({name, ...way}) => {
      const client = await way.connect(quick);
      const left = once(client, 'connecting').then(() => 'left');
      assert.equal(await Promise.race([left, sleep(3500, 'stayed')]), 'stayed', name);
      client.disconnect();
    }));
  });
});
