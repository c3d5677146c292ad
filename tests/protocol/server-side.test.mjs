// Subscriptions that the server makes: from the token and from the API.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connectWire, makeClient} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode({client: {
  user_subscribe_to_personal: {enabled: true, personal_channel_namespace: 'users'},
}});
let users = 0;
const someone = () => `server-side-${++users}`;

describe('a token', () => {
  test('subscribes to its channels at connect', async () => {
    const user = someone();
    await node.api('publish', {channel: 'chat:from-token', data: 0});
    const wire = await connectWire(node, {connect: {token: userToken(user,
      {channels: ['chat:from-token', 'plain:from-token']})}});
    const {subs} = wire.connected.connect;
    assert.deepEqual(Object.keys(subs).sort(),
      ['chat:from-token', 'plain:from-token', `users:#${user}`].sort());
    assert.equal(subs['chat:from-token'].recoverable, true);
    assert.ok(subs['chat:from-token'].offset >= 1);
    await node.api('publish', {channel: 'plain:from-token', data: {hi: 1}});
    const push = await wire.push(({pub}) => pub);
    assert.deepEqual(push, {channel: 'plain:from-token', pub: {data: {hi: 1}}});
  });

  test('may say more of each subscription', async () => {
    const wire = await connectWire(node, {connect: {token: userToken(someone(), {
      subs: {'chat:told': {data: {welcome: true}, info: {seat: 4}}}})}});
    const {'chat:told': sub} = wire.connected.connect.subs;
    assert.deepEqual(sub.data, {welcome: true});
    const {presence} = await node.api('presence', {channel: 'chat:told'});
    assert.deepEqual(presence[wire.connected.connect.client].chan_info, {seat: 4});
  });

  test('recovers its subscriptions at the next connect', async () => {
    const channel = 'chat:server-recovery';
    const user = someone();
    const token = userToken(user, {channels: [channel]});
    const first = await connectWire(node, {connect: {token}});
    const {epoch} = first.connected.connect.subs[channel];
    first.disconnect();
    for (let i = 1; i <= 3; ++i)
      await node.api('publish', {channel, data: i});
    const second = await connectWire(node, {connect: {token,
      subs: {[channel]: {recover: true, epoch, offset: 1}}}});
    const sub = second.connected.connect.subs[channel];
    assert.equal(sub.recovered, true);
    assert.deepEqual(sub.publications.map(({offset}) => offset), [2, 3]);
  });

  test('makes no second subscription of the client\'s', async () => {
    const channel = 'chat:both';
    const wire = await connectWire(node, {connect: {token:
      userToken(someone(), {channels: [channel]})}});
    assert.equal((await wire.ask({subscribe: {channel}})).error.code, 105);
  });
});

describe('a personal room', () => {
  test('reaches its user alone', async () => {
    const [one, two] = [someone(), someone()];
    const [first, second] = [await connectWire(node, {user: one}),
      await connectWire(node, {user: two})];
    await node.api('publish', {channel: `users:#${one}`, data: 'for one'});
    assert.equal((await first.push(({pub}) => pub)).pub.data, 'for one');
    await node.api('publish', {channel: `users:#${two}`, data: 'for two'});
    await second.push(({pub}) => pub);
    assert.deepEqual(second.pushes.filter(({pub}) => pub).map(({pub}) => pub.data),
      ['for two']);
  });
});

for (const codec of codecs) {
  describe(`the ${codec.name} client`, () => {
    test('is subscribed and unsubscribed by the API', async () => {
      const channel = `chat:api-${codec.name}`;
      const user = someone();
      const client = makeClient(node, {codec, user});
      const got = [];
      const gone = [];
      client.on('publication', (context) => got.push(context));
      client.on('unsubscribed', (context) => gone.push(context.channel));
      const connected = next(client, 'connected');
      client.connect();
      await connected;
      const events = [];
      client.on('subscribed', (context) => events.push(context));
      await node.api('subscribe', {user, channel, data: {why: 'invited'}});
      await eventually(() => events.some((event) => event.channel === channel));
      const event = events.find((other) => other.channel === channel);
      assert.equal(event.recoverable, true);
      assert.deepEqual(codec.unpack(event.data), {why: 'invited'});
      await node.api('publish', {channel, data: {n: 1}});
      await eventually(() => got.length === 1);
      assert.equal(got[0].channel, channel);
      assert.deepEqual(codec.unpack(got[0].data), {n: 1});
      await node.api('unsubscribe', {user, channel});
      await eventually(() => gone.includes(channel));
    });

    test('loses its own subscription by the API with code 2000', async () => {
      const user = someone();
      const client = makeClient(node, {codec, user});
      client.connect();
      const room = client.newSubscription('chat:kicked');
      const subscribed = next(room, 'subscribed');
      room.subscribe();
      await subscribed;
      const unsubscribed = next(room, 'unsubscribed');
      await node.api('unsubscribe', {user, channel: 'chat:kicked'});
      assert.equal((await unsubscribed).code, 2000);
    });

    test('is disconnected by the API, for good or to come back', async () => {
      const user = someone();
      const client = makeClient(node, {codec, user});
      const connected = next(client, 'connected');
      client.connect();
      await connected;
      const connecting = next(client, 'connecting');
      const back = next(client, 'connected');
      await node.api('disconnect', {user, disconnect: {code: 4000, reason: 'come back'}});
      assert.equal((await connecting).code, 4000);
      await back;
      const disconnected = next(client, 'disconnected');
      await node.api('disconnect', {user});
      const {code, reason} = await disconnected;
      assert.deepEqual({code, reason}, {code: 3503, reason: 'force disconnect'});
    });

    for (const code of [3000, 3999, 4999])
      test(`is told code ${code} of the API and its reason`, async () => {
        const user = someone();
        const client = makeClient(node, {codec, user});
        const connected = next(client, 'connected');
        client.connect();
        await connected;
        const told = next(client, code % 1000 < 500 ? 'connecting' : 'disconnected');
        await node.api('disconnect', {user, disconnect: {code, reason: 'enough'}});
        const heard = await told;
        assert.deepEqual({code: heard.code, reason: heard.reason}, {code, reason: 'enough'});
      });
  });
}
