// Tokens that expire, and what keeps a connection or subscription alive.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {epochSeconds, roomToken, userToken} from '../support/tokens.mjs';

const node = await testNode({client: {
  expired_close_delay: '500ms',
  expired_sub_close_delay: '500ms',
}});
const soon = () => epochSeconds(2);

describe('an expired connection', () => {
  test('ends with 3005 after the grace', async () => {
    const wire = await connectWire(node, {connect: {token: userToken('alice', {exp: soon()})}});
    assert.ok(wire.connected.connect.ttl <= 2);
    assert.deepEqual(await wire.end(), {code: 3005, reason: 'connection expired'});
  });

  test('lives on with a new token', async () => {
    const wire = await connectWire(node, {connect: {token: userToken('alice', {exp: soon()})}});
    const {refresh} = await wire.ask({refresh: {token: userToken('alice')}});
    assert.equal(refresh.expires, true);
    assert.ok(refresh.ttl > 3590 && refresh.ttl <= 3600);
    const short = await connectWire(node, {connect: {token: userToken('alice', {exp: soon()})}});
    await short.end(); // The first would have ended by now, too.
    assert.equal(wire.socket.readyState, wire.socket.OPEN);
  });

  const refreshing = async (token) => {
    const wire = await connectWire(node);
    wire.send({id: 9, refresh: {token}});
    return (await wire.end()).code;
  };

  test('is not saved by a token that is empty, broken or another\'s', async () => {
    assert.equal(await refreshing(''), 3501);
    assert.equal(await refreshing('nonsense'), 3500);
    assert.equal(await refreshing(userToken('bob')), 3500);
    assert.equal(await refreshing(userToken('alice', {exp: epochSeconds(-5)})), 3005);
  });
});

describe('an expired subscription', () => {
  const channel = 'closed:expiring';

  test('is unsubscribed with 2501 after the grace', async () => {
    const wire = await connectWire(node);
    const {subscribe: result} = await wire.ask({subscribe:
      {channel, token: roomToken('alice', channel, {exp: soon()})}});
    assert.equal(result.expires, true);
    assert.ok(result.ttl <= 2);
    const {unsubscribe} = await wire.push((push) => push.unsubscribe);
    assert.equal(unsubscribe.code, 2501);
  });

  test('lives on with a new token', async () => {
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel, token: roomToken('alice', channel, {exp: soon()})}});
    const {sub_refresh: answer} = await wire.ask({sub_refresh:
      {channel, token: roomToken('alice', channel)}});
    assert.equal(answer.expires, true);
    assert.ok(answer.ttl > 3590);
    const other = await connectWire(node);
    await other.ask({subscribe: {channel, token: roomToken('alice', channel, {exp: soon()})}});
    await other.push((push) => push.unsubscribe);
    assert.deepEqual(wire.pushes.filter((push) => push.unsubscribe), []);
  });

  test('is not refreshed by anything else', async () => {
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel, token: roomToken('alice', channel)}});
    const code = async (request) => (await wire.ask({sub_refresh: request})).error?.code;
    assert.equal(await code({channel: 'closed:elsewhere', token: roomToken('alice', channel)}), 103);
    assert.equal(await code({channel, token: ''}), 107);
    assert.equal(await code({channel,
      token: roomToken('alice', channel, {exp: epochSeconds(-5)})}), 109);
    wire.send({id: 50, sub_refresh: {channel, token: roomToken('bob', channel)}});
    assert.equal((await wire.end()).code, 3500);
  });
});

for (const codec of codecs) {
  describe(`the ${codec.name} client`, () => {
    test('refreshes both of its tokens by itself', async () => {
      const channel = 'closed:refreshing';
      let connectionTokens = 0;
      let roomTokens = 0;
      const client = await connect(node, {codec, getToken: async () => {
        ++connectionTokens;
        return userToken('alice', {exp: soon()});
      }});
      const room = await subscribe(client, channel, {getToken: async () => {
        ++roomTokens;
        return roomToken('alice', channel, {exp: soon()});
      }});
      const changes = [];
      client.on('state', ({newState}) => changes.push(newState));
      room.on('state', ({newState}) => changes.push(newState));
      await eventually(() => connectionTokens >= 3 && roomTokens >= 3,
        {withinMs: 20_000});
      assert.deepEqual(changes, []);
    });

    test('reconnects when the API says that it is expired', async () => {
      const client = await connect(node, {codec, user: 'expired-by-api'});
      const connecting = next(client, 'connecting');
      await node.api('refresh', {user: 'expired-by-api', expired: true});
      assert.equal((await connecting).code, 3005);
      await next(client, 'connected');
    });
  });
}

describe('the API\'s refresh', () => {
  test('tells the client when it expires now', async () => {
    const wire = await connectWire(node, {user: 'refreshed'});
    await node.api('refresh', {user: 'refreshed', expire_at: epochSeconds(1000)});
    const {refresh} = await wire.push((push) => push.refresh);
    assert.equal(refresh.expires, true);
    assert.ok(refresh.ttl > 990 && refresh.ttl <= 1000);
  });
});
