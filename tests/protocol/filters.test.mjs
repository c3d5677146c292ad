// Filters on tags: a subscriber gets what it asked for, and its position moves
// with the rest.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';

const usual = {
  allow_subscribe_for_client: true,
  history_size: 100,
  history_ttl: '5m',
  force_recovery: true,
};
const node = await testNode({
  client: {tags_filter_bytes: '8KiB'},
  channel: {namespaces: [
    {name: 'on', ...usual, allow_tags_filter: true, allowed_delta_types: ['fossil']},
    {name: 'off', ...usual},
  ]},
});

let rooms = 0;
const fresh = (namespace = 'on') => `${namespace}:filter-${++rooms}`;

const say = (channel, data, tags) => node.api('publish', {channel, data, tags});

const leaf = (key, cmp, val) => ({key, cmp, val});

for (const codec of codecs) {
  describe(`a client that speaks ${codec.name} and filters`, () => {
    const read = ({seen}) => seen.map(({data}) => codec.unpack(data));

    const sees = async (subscription, expected) => {
      await eventually(() => subscription.seen.length >= expected.length);
      assert.deepEqual(read(subscription), expected);
    };

    test('gets what matches', async () => {
      const channel = fresh();
      const client = await connect(node, {codec});
      const subscription = await subscribe(client, channel,
        {tagsFilter: leaf('map', 'eq', 'east')});
      const all = await subscribe(await connect(node, {codec}), channel);
      for (const [i, map] of ['east', 'west', 'east', 'north'].entries())
        await say(channel, i, {map});
      await say(channel, 4);
      await eventually(() => all.seen.length >= 5);
      await sees(subscription, [0, 2]);
      assert.deepEqual(subscription.seen[0].tags, {map: 'east'});
      assert.deepEqual(read(all), [0, 1, 2, 3, 4]);
    });

    test('recovers what matches of what it missed', async () => {
      const channel = fresh();
      const client = await connect(node, {codec});
      const subscription = await subscribe(client, channel,
        {tagsFilter: leaf('map', 'eq', 'east')});
      await say(channel, 0, {map: 'east'});
      await sees(subscription, [0]);
      client.disconnect();
      for (const [i, map] of ['west', 'east', 'west'].entries())
        await say(channel, i + 1, {map});
      const back = next(subscription, 'subscribed');
      client.connect();
      assert.equal((await back).recovered, true);
      await say(channel, 4, {map: 'east'});
      await sees(subscription, [0, 2, 4]);
    });

    test('joins conditions', async () => {
      const channel = fresh();
      const client = await connect(node, {codec});
      const subscription = await subscribe(client, channel, {tagsFilter: {
        op: 'and',
        nodes: [
          {key: 'level', cmp: 'gte', val: '10'},
          {op: 'not', nodes: [{key: 'map', cmp: 'in', vals: ['south', 'west']}]},
          {op: 'or', nodes: [{key: 'boss', cmp: 'ex'}, {key: 'who', cmp: 'sw', val: 'a'}]},
        ],
      }});
      const said = [
        [{level: '10', map: 'east', boss: ''}, true],
        [{level: '9.99', map: 'east', boss: ''}, false],
        [{level: '100', map: 'west', boss: ''}, false],
        [{level: '1e1', map: 'east', who: 'bob'}, false],
        [{level: '10.01', who: 'alice'}, true],
        [{level: 'ten', who: 'alice'}, false],
        [{who: 'alice'}, false],
      ];
      for (const [i, [tags]] of said.entries())
        await say(channel, i, tags);
      await say(channel, 'end', {level: '11', boss: 'x'});
      await eventually(() => read(subscription).at(-1) === 'end');
      assert.deepEqual(read(subscription).slice(0, -1),
        said.flatMap(([, wanted], i) => (wanted ? [i] : [])));
    });

    test('is told where the namespace has no filters', async () => {
      const client = await connect(node, {codec});
      await assert.rejects(
        subscribe(client, fresh('off'), {tagsFilter: leaf('a', 'eq', 'b')}),
        {code: 107});
    });
  });
}

describe('a filter', () => {
  const error = async (wire, request) =>
    (await wire.ask({subscribe: {channel: fresh(), ...request}})).error;

  test('must be one', async () => {
    const wire = await connectWire(node);
    let deep = leaf('a', 'ex');
    for (let i = 0; i < 40; ++i)
      deep = {op: 'not', nodes: [deep]};
    for (const tf of [{}, {op: 'xor'}, {key: 'a'}, leaf('a', 'is', 'b'),
      leaf('a', 'eq'), leaf('a', 'ex', 'b'), {op: 'and'}, {op: 'not', nodes: []},
      {key: 'a', cmp: 'in'}, {key: 'a', cmp: 'eq', val: 'b', vals: ['c']}, deep,
      leaf('a', 'eq', 'x'.repeat(5000)),
      {op: 'or', nodes: Array.from({length: 300}, () => leaf('a', 'ex'))}])
      assert.equal((await error(wire, {tf}))?.code, 107, JSON.stringify(tf).slice(0, 80));
    assert.equal(await error(wire, {tf: leaf('a', 'eq', 'b')}), undefined);
  });

  test('does not go together with deltas', async () => {
    const wire = await connectWire(node);
    const {code} = await error(wire, {tf: leaf('a', 'eq', 'b'), delta: 'fossil'});
    assert.equal(code, 107);
  });

  test('is bounded together with the others of a connection', async () => {
    const wire = await connectWire(node);
    const tf = leaf('a', 'eq', 'x'.repeat(3000));
    const codes = [];
    for (let i = 0; i < 4; ++i)
      codes.push((await error(wire, {tf}))?.code);
    assert.deepEqual(codes, [undefined, undefined, 106, 106]);
  });
});
