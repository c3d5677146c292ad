// Deltas: the SDK puts publications together again, whatever came between.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const usual = {
  allow_subscribe_for_client: true,
  allow_publish_for_subscriber: true,
  allow_history_for_subscriber: true,
  history_size: 100,
  history_ttl: '5m',
  force_recovery: true,
};
const node = await testNode({channel: {namespaces: [
  {name: 'some', ...usual, allowed_delta_types: ['fossil']},
  {name: 'all', ...usual, allowed_delta_types: ['fossil'], delta_publish: true},
  {name: 'none', ...usual, delta_publish: true},
]}});

let rooms = 0;
const fresh = (namespace) => `${namespace}:delta-${++rooms}`;

/** A state of which little changes, with letters of one to four bytes. */
const state = (turn) => ({
  map: 'Straße über Ærø '.repeat(30),
  turn,
  said: `${'ä'.repeat(turn % 5)}${['€', '🎲', '🎳', 'ф', 'x'][turn % 5]}`,
  units: Array.from({length: 40}, (_, i) => ({i, at: [i, i === turn % 40 ? turn : 0]})),
});

const say = (channel, turn, delta = true) =>
  node.api('publish', {channel, data: state(turn), delta});

const turns = (first, last) =>
  Array.from({length: last - first + 1}, (_, i) => state(first + i));

for (const codec of codecs) {
  describe(`a client that speaks ${codec.name} and asks for deltas`, () => {
    const read = ({seen}) => seen.map(({data}) => codec.unpack(data));

    const sees = async (subscription, expected) => {
      await eventually(() => subscription.seen.length >= expected.length);
      assert.deepEqual(read(subscription), expected);
    };

    test('reads every publication, marked or not', async () => {
      const client = await connect(node, {codec});
      const channel = fresh('some');
      const subscription = await subscribe(client, channel, {delta: 'fossil'});
      for (let turn = 1; turn <= 8; ++turn)
        await say(channel, turn, turn % 3 !== 0);
      await sees(subscription, turns(1, 8));
      const {numFullPayloads: whole, numDeltaPayloads: deltas} =
        subscription.deltaStats();
      assert.deepEqual({whole, deltas}, {whole: 3, deltas: 5});
    });

    test('recovers a chain and goes on from it', async () => {
      const client = await connect(node, {codec});
      const channel = fresh('some');
      const subscription = await subscribe(client, channel, {delta: 'fossil'});
      for (let turn = 1; turn <= 2; ++turn)
        await say(channel, turn);
      await sees(subscription, turns(1, 2));
      client.disconnect();
      for (let turn = 3; turn <= 6; ++turn)
        await say(channel, turn);
      const back = next(subscription, 'subscribed');
      client.connect();
      assert.equal((await back).recovered, true);
      await say(channel, 7);
      await sees(subscription, turns(1, 7));
      assert.equal(subscription.deltaStats().numFullPayloads, 2);
    });

    test('goes on after it missed nothing', async () => {
      const client = await connect(node, {codec});
      const channel = fresh('some');
      const subscription = await subscribe(client, channel, {delta: 'fossil'});
      await say(channel, 1);
      await sees(subscription, turns(1, 1));
      client.disconnect();
      const back = next(subscription, 'subscribed');
      client.connect();
      await back;
      for (let turn = 2; turn <= 4; ++turn)
        await say(channel, turn);
      await sees(subscription, turns(1, 4));
    });

    test('reads what comes after it left and came back', async () => {
      const client = await connect(node, {codec});
      const channel = fresh('some');
      await subscribe(await connect(node, {codec}), channel, {delta: 'fossil'});
      const subscription = await subscribe(client, channel, {delta: 'fossil'});
      await say(channel, 1);
      await sees(subscription, turns(1, 1));
      subscription.unsubscribe();
      await say(channel, 2);
      const back = next(subscription, 'subscribed');
      subscription.subscribe();
      const {recovered} = await back;
      await say(channel, 3);
      await say(channel, 4);
      await eventually(() => read(subscription).at(-1)?.turn === 4);
      assert.deepEqual(read(subscription),
        recovered ? turns(1, 4) : [state(1), state(3), state(4)]);
    });

    test('reads what clients publish where everything is marked', async () => {
      const channel = fresh('all');
      const reader = await subscribe(await connect(node, {codec}), channel,
        {delta: 'fossil'});
      for (const other of codecs) {
        const writer = await subscribe(await connect(node, {codec: other}),
          channel);
        for (let turn = 1; turn <= 3; ++turn)
          await writer.publish(other.pack(state(turn)));
      }
      await sees(reader, [...turns(1, 3), ...turns(1, 3)]);
      assert.ok(reader.deltaStats().numDeltaPayloads >= 5);
    });

    test('gets whole publications where the namespace has no deltas', async () => {
      const channel = fresh('none');
      const reader = await subscribe(await connect(node, {codec}), channel,
        {delta: 'fossil'});
      for (let turn = 1; turn <= 3; ++turn)
        await say(channel, turn);
      await sees(reader, turns(1, 3));
      assert.equal(reader.deltaStats().numDeltaPayloads, 0);
    });
  });
}

test('clients of every kind read the same in one room', async () => {
  const channel = fresh('some');
  const readers = [];
  for (const codec of codecs)
    for (const options of [{}, {delta: 'fossil'}]) {
      const client = await connect(node, {codec});
      readers.push({codec, subscription: await subscribe(client, channel, options)});
    }
  for (let turn = 1; turn <= 10; ++turn)
    await say(channel, turn, turn % 4 !== 0);
  for (const {codec, subscription} of readers) {
    await eventually(() => subscription.seen.length >= 10);
    assert.deepEqual(subscription.seen.map(({data}) => codec.unpack(data)),
      turns(1, 10));
  }
});

describe('on a JSON connection', () => {
  test('data is a string in every publication of a subscription with deltas', async () => {
    const channel = fresh('some');
    const wire = await connectWire(node);
    const plain = await connectWire(node);
    await say(channel, 1);
    await say(channel, 2);
    const {subscribe: first} = await wire.ask({subscribe:
      {channel, delta: 'fossil', recover: true, offset: 0}});
    assert.equal(first.delta, true);
    assert.deepEqual(first.publications.map(({delta}) => delta), [undefined, true]);
    const {subscribe: other} = await plain.ask({subscribe:
      {channel, recover: true, offset: 0}});
    assert.equal(other.delta, undefined);
    assert.deepEqual(other.publications.map(({data}) => data), turns(1, 2));
    await say(channel, 3);
    await say(channel, 4, false);
    await wire.push(({pub}) => pub?.offset === 4);
    await plain.push(({pub}) => pub?.offset === 4);
    const pubs = (from) => from.pushes.filter(({pub}) => pub).map(({pub}) => pub);
    for (const {data} of [...first.publications, ...pubs(wire)])
      assert.equal(typeof data, 'string');
    assert.deepEqual(pubs(wire).map(({delta}) => delta), [true, undefined]);
    assert.deepEqual(JSON.parse(pubs(wire)[1].data), state(4));
    assert.deepEqual(pubs(plain).map(({data, delta}) => ({data, delta})),
      turns(3, 4).map((data) => ({data, delta: undefined})));
  });

  test('history is never a delta', async () => {
    const channel = fresh('all');
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel, delta: 'fossil'}});
    for (let turn = 1; turn <= 3; ++turn)
      await say(channel, turn);
    const {history} = await wire.ask({history: {channel, limit: 10}});
    assert.deepEqual(history.publications.map(({data, delta}) => ({data, delta})),
      turns(1, 3).map((data) => ({data, delta: undefined})));
    const {publications} = await node.api('history', {channel, limit: 10});
    assert.deepEqual(publications.map(({data}) => data), turns(1, 3));
  });

  test('server-side subscriptions can have deltas, too', async () => {
    const channel = fresh('some');
    const token = userToken('delta-server-side', {channels: [channel]});
    const before = await connectWire(node, {connect: {token}});
    const {epoch, delta} = before.connected.connect.subs[channel];
    assert.equal(delta, undefined);
    before.disconnect();
    for (let turn = 1; turn <= 3; ++turn)
      await say(channel, turn);
    const wire = await connectWire(node, {connect: {token, subs: {[channel]:
      {recover: true, epoch, offset: 0, delta: 'fossil'}}}});
    const sub = wire.connected.connect.subs[channel];
    assert.equal(sub.delta, true);
    assert.equal(sub.recovered, true);
    assert.deepEqual(sub.publications.map((x) => x.delta), [undefined, true, true]);
    await say(channel, 4);
    const {pub} = await wire.push((x) => x.pub);
    assert.equal(pub.delta, true);
  });

  test('a delta of 2 % of 4 KiB takes at most a tenth of the bytes', async () => {
    const channel = fresh('all');
    const kinds = {plain: {}, delta: {delta: 'fossil'}};
    const received = {};
    for (const [name, options] of Object.entries(kinds)) {
      const wire = await connectWire(node);
      await wire.ask({subscribe: {channel, ...options}});
      received[name] = {wire, bytes: 0};
    }
    const letters = Array.from({length: 4096 - 12},
      (_, i) => 'abcdefghijklmnop'[(i * i + (i >> 4)) % 16]);
    const publish = () =>
      node.api('publish', {channel, data: {tiles: letters.join('')}});
    await publish();
    for (const {wire} of Object.values(received))
      await wire.push(({pub}) => pub?.offset === 1);
    for (const one of Object.values(received))
      one.wire.socket.on('message', (data) => { one.bytes += data.length; });
    for (let i = 2; i <= 21; ++i) {
      for (let change = 0; change < 82; ++change) // four runs
        letters[(i * 137 + (change >> 2) + change % 4 * 1000) % letters.length] =
          'ABCDEFGH'[(i + change) % 8];
      await publish();
    }
    for (const {wire} of Object.values(received))
      await wire.push(({pub}) => pub?.offset === 21);
    const {plain, delta} = received;
    assert.ok(plain.bytes > 20 * 4096, `${plain.bytes}`);
    assert.ok(delta.bytes <= plain.bytes / 10, `${delta.bytes} of ${plain.bytes}`);
  });
});
