// What a namespace allows, and to whom.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {testNode} from '../support/fixture.mjs';
import {epochSeconds, roomToken, token} from '../support/tokens.mjs';

const node = await testNode({client: {channel_limit: 10}});
const alice = await connectWire(node, {user: 'alice'});

/** Error code of a command, or 0. */
const code = async (request, wire = alice) => (await wire.ask(request)).error?.code ?? 0;

/** What subscribing answers: an error code, 0, or the code of the end. */
async function subscribing(request, user = 'alice') {
  const wire = await connectWire(node, {user});
  const answer = await Promise.race([
    code({subscribe: request}, wire).catch(() => {}),
    wire.closed.then((end) => end.code),
  ]);
  wire.disconnect();
  return answer;
}

describe('subscribing', () => {
  test('needs a namespace that exists', async () => {
    assert.equal(await subscribing({channel: 'nowhere:x'}), 102);
    assert.equal(await subscribing({channel: ':x'}), 0);
    assert.equal(await subscribing({channel: 'lobby'}), 0);
  });

  test('needs a token where clients are not let in', async () => {
    assert.equal(await subscribing({channel: 'closed:x'}), 103);
    assert.equal(await subscribing(
      {channel: 'closed:x', token: roomToken('alice', 'closed:x')}), 0);
  });

  test('needs a token where the name starts with $', async () => {
    assert.equal(await subscribing({channel: '$chat:x'}), 103);
    assert.equal(await subscribing(
      {channel: '$chat:x', token: roomToken('alice', '$chat:x')}), 0);
  });

  test('refuses tokens of another room, user or key', async () => {
    const channel = 'closed:x';
    assert.equal(await subscribing({channel, token: roomToken('alice', 'closed:y')}), 3500);
    assert.equal(await subscribing({channel, token: roomToken('bob', channel)}), 3500);
    assert.equal(await subscribing({channel,
      token: roomToken('alice', channel, {client: 'another'})}), 3500);
    assert.equal(await subscribing({channel,
      token: roomToken('alice', channel, {}, {key: 'another-secret-of-32-bytes-long!'})}), 103);
    assert.equal(await subscribing({channel, token: 'nonsense'}), 103);
    assert.equal(await subscribing({channel,
      token: token({sub: 'alice', channel}, {algorithm: 'none'})}), 103);
  });

  test('answers 109 to an expired token', async () => {
    assert.equal(await subscribing({channel: 'closed:x',
      token: roomToken('alice', 'closed:x', {exp: epochSeconds(-60)})}), 109);
  });

  test('admits those whom the name lists', async () => {
    assert.equal(await subscribing({channel: 'users:private#alice,bob'}), 0);
    assert.equal(await subscribing({channel: 'users:private#alice,bob'}, 'bob'), 0);
    assert.equal(await subscribing({channel: 'users:private#alice,bob'}, 'carol'), 103);
    assert.equal(await subscribing({channel: 'users:private#alicebob'}, 'alice'), 103);
    assert.equal(await subscribing({channel: 'users:private'}, 'alice'), 103);
  });

  test('refuses names that are too long, strange or do not match', async () => {
    assert.equal(await subscribing({channel: `chat:${'x'.repeat(250)}`}), 0);
    assert.equal(await subscribing({channel: `chat:${'x'.repeat(251)}`}), 107);
    assert.equal(await subscribing({channel: 'chat:ü'}), 107);
    assert.equal(await subscribing({channel: 'word:abc'}), 0);
    assert.equal(await subscribing({channel: 'word:abc1'}), 107);
  });

  test('ends the connection when the name is empty', async () => {
    assert.equal(await subscribing({channel: ''}), 3501);
    assert.equal(await subscribing({}), 3501);
    assert.equal(await subscribing({channel: 'chat:x', delta: 'unknown'}), 3501);
  });

  test('twice answers 105', async () => {
    const wire = await connectWire(node);
    assert.equal(await code({subscribe: {channel: 'chat:x'}}, wire), 0);
    assert.equal(await code({subscribe: {channel: 'chat:x'}}, wire), 105);
    wire.send({id: 100, subscribe: {channel: 'chat:y'}},
      {id: 101, subscribe: {channel: 'chat:y'}});
    assert.ok((await wire.reply(100)).subscribe);
    assert.equal((await wire.reply(101)).error.code, 105);
  });

  test('to more rooms than allowed answers 106', async () => {
    const wire = await connectWire(node);
    for (let i = 0; i < 10; ++i)
      assert.equal(await code({subscribe: {channel: `chat:limit-${i}`}}, wire), 0);
    assert.equal(await code({subscribe: {channel: 'chat:limit-10'}}, wire), 106);
    await wire.ask({unsubscribe: {channel: 'chat:limit-0'}});
    assert.equal(await code({subscribe: {channel: 'chat:limit-10'}}, wire), 0);
  });
});

describe('in a room', () => {
  test('that allows nothing more, a member can do nothing more', async () => {
    const wire = await connectWire(node);
    const channel = 'mute:x';
    assert.equal(await code({subscribe: {channel}}, wire), 0);
    assert.equal(await code({publish: {channel, data: 1}}, wire), 103);
    assert.equal(await code({presence: {channel}}, wire), 103);
    assert.equal(await code({presence_stats: {channel}}, wire), 103);
    assert.equal(await code({history: {channel, limit: 1}}, wire), 103);
  });

  test('what is for subscribers is not for others', async () => {
    const channel = 'chat:members-only';
    assert.equal(await code({publish: {channel, data: 1}}), 103);
    assert.equal(await code({presence: {channel}}), 103);
    assert.equal(await code({history: {channel, limit: 1}}), 103);
  });

  test('what is off answers 108', async () => {
    const wire = await connectWire(node);
    const channel = 'plain:off';
    await wire.ask({subscribe: {channel}});
    assert.equal(await code({presence: {channel}}, wire), 108);
    assert.equal(await code({presence_stats: {channel}}, wire), 108);
    assert.equal(await code({history: {channel, limit: 1}}, wire), 108);
  });

  test('of an unknown namespace every command answers 102', async () => {
    const channel = 'nowhere:x';
    for (const request of [{publish: {channel, data: 1}}, {presence: {channel}},
      {presence_stats: {channel}}, {history: {channel}}])
      assert.equal(await code(request), 102, JSON.stringify(request));
  });

  test('the namespace says what a publication may be', async () => {
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel: 'json:x'}});
    assert.equal(await code({publish: {channel: 'json:x', data: {ok: true}}}, wire), 0);
    assert.equal(await code({publish: {channel: 'json:x'}}, wire), 107);
  });

  test('unsubscribing where one is not is no error', async () => {
    assert.deepEqual(await alice.ask({unsubscribe: {channel: 'chat:not-there'}}),
      {id: alice.lastId, unsubscribe: {}});
  });

  test('rpc answers 108, as where none is configured', async () => {
    const {error} = await alice.ask({rpc: {method: 'nope', data: {}}});
    assert.deepEqual(error, {code: 108, message: 'not available'});
    const {rpc} = await alice.ask({rpc: {method: 'roost.echo', data: [1]}});
    assert.deepEqual(rpc, {data: [1]});
  });
});

describe('anonymous connections', () => {
  test('get only what is for them', async () => {
    const wire = await connectWire(node,
      {connect: {token: token({sub: '', exp: epochSeconds(60)})}});
    assert.equal(await code({subscribe: {channel: 'public:x'}}, wire), 0);
    assert.equal(await code({subscribe: {channel: 'chat:x'}}, wire), 103);
    assert.equal(await code({publish: {channel: 'public:x', data: 1}}, wire), 103);
  });
});
