// The demo page gives a token to anybody: what such a guest can reach.
import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, test} from 'node:test';

import {connectWire, Wire} from '../support/clients.mjs';
import {nodeConfig} from '../support/config.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {SECRET, userToken} from '../support/tokens.mjs';

const {channel: {namespaces}} = nodeConfig('any', {});
const chat = namespaces.find(({name}) => name === 'chat');
const node = await testNode({
  http: {demo_page: true},
  client: {user_subscribe_to_personal: {enabled: true}},
  channel: {namespaces: [...namespaces, {...chat, name: 'demo'}]},
});

const other = await testNode({http: {demo_page: true}});
const shut = await testNode();

async function guestToken(name) {
  const answer = await fetch(`${node.httpUrl}/demo/token?name=${encodeURIComponent(name)}`);
  return answer.json();
}

async function guest(name) {
  const {token} = await guestToken(name);
  return connectWire(node, {connect: {token}});
}

describe('a guest of the demo page', () => {
  test('has a user id that is nobody else\'s', async () => {
    const {user, token} = await guestToken('alice');
    assert.equal(user, 'demo:alice');
    const {sub, channels, subs} = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    assert.deepEqual({sub, channels, subs},
      {sub: 'demo:alice', channels: undefined, subs: undefined});
  });

  test('talks in the rooms of the demo', async () => {
    const wire = await guest('alice');
    const channel = 'demo:lobby';
    assert.ok((await wire.ask({subscribe: {channel}})).subscribe);
    assert.ok((await wire.ask({publish: {channel, data: 1}})).publish);
    assert.ok((await wire.ask({presence: {channel}})).presence);
    assert.ok((await wire.ask({history: {channel, limit: 1}})).history);
    assert.ok((await wire.ask({refresh: {token: (await guestToken('alice')).token}})).refresh);
  });

  test('reaches no other room', async () => {
    const wire = await guest('eve');
    for (const channel of ['chat:lobby', 'public:lobby', 'lobby', 'demo', '#demo:eve',
      'users:x#demo:eve', 'nowhere:x']) {
      for (const command of ['subscribe', 'publish', 'presence', 'presence_stats', 'history']) {
        const {error} = await wire.ask({[command]: {channel,
          ...(command === 'publish' && {data: 1})}});
        assert.ok([102, 103].includes(error?.code), `${command} ${channel}: ${error?.code}`);
      }
    }
    assert.equal(wire.connected.connect.subs, undefined);
  });

  test('cannot become a user, nor a user a guest, by a refresh', async () => {
    const token = userToken('demo:alice');
    const guestOne = await guest('alice');
    guestOne.send({id: 9, refresh: {token}});
    assert.equal((await guestOne.end()).code, 3500);
    const user = await connectWire(other, {connect: {token}});
    assert.ok(user.connected.connect, 'a user may have such a name');
    user.send({id: 9, refresh: {token: (await guestToken('alice')).token}});
    assert.equal((await user.end()).code, 3500);
  });

  test('has a token that the key of users did not sign', async () => {
    const {token} = await guestToken('alice');
    const [head, claims, signature] = token.split('.');
    const signed = createHmac('sha256', SECRET).update(`${head}.${claims}`).digest('base64url');
    assert.notEqual(signature, signed);
  });

  test('is one on every node that has the same key of users', async () => {
    const wire = await connectWire(other, {connect: {token: (await guestToken('alice')).token}});
    assert.ok(wire.connected.connect.client);
  });

  test('is warned of in the log', () => {
    assert.match(node.log, /warning.*http\.demo_page is on: anybody gets a token/);
  });

  test('is not let in where the page is off', async () => {
    const wire = new Wire(shut);
    await wire.opened;
    wire.send({id: 1, connect: {token: (await guestToken('alice')).token}});
    assert.equal((await wire.end()).code, 3500);
  });

  test('is led nowhere else by a backend that takes him for a user', async () => {
    const wire = await guest('carol');
    const user = 'demo:carol';
    await node.api('subscribe', {user, channel: 'chat:lobby'});
    await node.api('subscribe', {user, channel: 'demo:lobby'});
    await eventually(() => wire.all.some(({push}) => push?.subscribe));
    assert.deepEqual(wire.all.filter(({push}) => push?.subscribe)
      .map(({push}) => push.channel), ['demo:lobby']);
  });
});
