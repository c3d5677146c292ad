// The exact form of what a node says, and the commands that no client library
// sends in this way.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectWire, Wire} from '../support/clients.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import * as protobuf from '../support/protobuf.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode();
const brisk = await testNode({client: {ping_interval: '1s', pong_timeout: '500ms'}});

describe('a JSON frame', () => {
  test('may hold several commands, begun in order', async () => {
    const wire = await connectWire(node);
    wire.send({id: 10, subscribe: {channel: 'chat:several'}},
      {id: 11, publish: {channel: 'chat:several', data: 1}},
      {id: 12, history: {channel: 'chat:several', limit: 10}},
      {id: 13, rpc: {method: 'roost.echo', data: 1}});
    await wire.reply(13);
    for (const id of [10, 11, 12])
      await wire.reply(id);
    const {pub} = await wire.push((push) => push.pub);
    assert.equal(pub.offset, 1);
    const {history} = await wire.reply(12);
    assert.equal(history.publications.length, 1);
    assert.equal(history.offset, 1);
  });

  test('may end with a line feed and hold spaces', async () => {
    const wire = await connectWire(node);
    wire.send('{ "id" : 20 , "rpc" : { "method" : "roost.echo" , "data" : [ 1 ] } }\n');
    assert.deepEqual((await wire.reply(20)).rpc.data, [1]);
  });

  test('may be binary, since the format was agreed before', async () => {
    const wire = await connectWire(node);
    wire.send(Buffer.from('{"id":21,"rpc":{"method":"roost.echo","data":1}}'));
    assert.deepEqual(await wire.reply(21), {id: 21, rpc: {data: 1}});
  });

  test('never carries a raw line feed of a payload', async () => {
    const wire = await connectWire(node);
    wire.send('{"id":22,"rpc":{"method":"roost.echo","data":{"a":\r1}}}');
    assert.deepEqual((await wire.reply(22)).rpc.data, {a: 1});
    const {offset} = await node.api('publish', '{"channel":"chat:lf","data":{\n"a":\n1}}');
    assert.equal(offset, 1);
    await wire.ask({subscribe: {channel: 'chat:lf', recover: true, epoch: '', offset: 0}});
    const [{subscribe}] = wire.all.filter((reply) => reply.subscribe);
    assert.deepEqual(subscribe.publications[0].data, {a: 1});
  });

  test('leaves out what is zero, but not where clients need it', async () => {
    const wire = await connectWire(node, {user: 'alice'});
    const channel = 'chat:zero';
    await wire.ask({subscribe: {channel}});
    const {history} = await wire.ask({history: {channel}});
    assert.deepEqual(Object.keys(history).sort(), ['epoch', 'offset', 'publications']);
    assert.equal(history.offset, 0);
    const stats = await wire.ask({presence_stats: {channel}});
    assert.deepEqual(stats.presence_stats, {num_clients: 1, num_users: 1});
    const {presence} = await wire.ask({presence: {channel}});
    const [[client, info]] = Object.entries(presence.presence);
    assert.deepEqual(info, {user: 'alice', client});
    const published = await wire.ask({publish: {channel, data: 0}});
    assert.deepEqual(published, {id: published.id, publish: {}});
  });

  test('of a publication has the reference\'s fields', async () => {
    const wire = await connectWire(node, {user: 'alice'});
    const channel = 'chat:fields';
    const {subscribe: {epoch}} = await wire.ask({subscribe: {channel}});
    await wire.ask({publish: {channel, data: {x: 1}}});
    const push = await wire.push(({pub}) => pub);
    const {client} = wire.connected.connect;
    const first = {...push.pub};
    // The epoch stands on the first publication of a stream, or nowhere.
    if ('epoch' in first)
      assert.equal(first.epoch, epoch);
    delete first.epoch;
    assert.deepEqual({...push, pub: first}, {channel, pub:
      {data: {x: 1}, info: {user: 'alice', client}, offset: 1}});
    const join = await wire.push((other) => other.join);
    assert.deepEqual(join, {channel, join: {info: {user: 'alice', client}}});
  });

  test('names the room by a number when the client understands that', async () => {
    const wire = await connectWire(node);
    const channel = 'chat:compact';
    const {subscribe: {id}} = await wire.ask({subscribe: {channel, flag: 1}});
    assert.ok(Number.isInteger(id) && id > 0, `id ${id}`);
    await wire.ask({publish: {channel, data: 'x'}});
    const push = await wire.push(({pub}) => pub);
    assert.equal(push.id, id);
    assert.ok(!('channel' in push));
    const other = await wire.ask({subscribe: {channel: 'chat:compact-2', flag: 1}});
    assert.notEqual(other.subscribe.id, id);
    await node.api('unsubscribe', {user: 'alice', channel});
    const gone = await wire.push(({unsubscribe}) => unsubscribe);
    assert.equal(gone.channel, channel);
  });

  test('names the room by its name where numbers are not allowed or asked', async () => {
    const wire = await connectWire(node);
    const wide = await wire.ask({subscribe: {channel: 'wide:x', flag: 1}});
    assert.ok(!('id' in wide.subscribe));
    const plain = await wire.ask({subscribe: {channel: 'chat:x'}});
    assert.ok(!('id' in plain.subscribe));
  });
});

describe('choosing Protobuf', () => {
  const ways = {
    'format=protobuf': {path: '?format=protobuf'},
    'cf_protocol=protobuf': {path: '?cf_protocol=protobuf'},
    'the subprotocol': {protocols: ['centrifuge-protobuf']},
  };
  for (const [way, options] of Object.entries(ways)) {
    test(`works by ${way}`, async () => {
      const wire = new Wire(node, options);
      await wire.opened;
      wire.send(protobuf.delimited(protobuf.connectCommand(1, userToken('alice'))));
      const reply = await wire.until(() => wire.all[0]);
      assert.ok(Buffer.isBuffer(reply), 'a binary frame');
      // Reply{id = 1, connect = ...} with its length in front.
      assert.equal(reply[0], reply.length - 1);
      assert.deepEqual([...reply.subarray(1, 4)], [0x08, 0x01, 0x2a]);
      assert.equal(wire.socket.protocol, options.protocols?.[0] ?? '');
    });
  }

  test('takes the client\'s first subprotocol that is known', async () => {
    const wire = new Wire(node, {protocols: ['other', 'centrifuge-json']});
    await wire.opened;
    assert.equal(wire.socket.protocol, 'centrifuge-json');
  });

  test('lets several commands share a frame', async () => {
    const wire = new Wire(node, {path: '?format=protobuf'});
    await wire.opened;
    const subscribe = Buffer.concat([protobuf.number(1, 2),
      protobuf.bytes(5, protobuf.bytes(1, 'chat:proto-frame'))]);
    wire.send(Buffer.concat([
      protobuf.delimited(protobuf.connectCommand(1, userToken('alice'))),
      protobuf.delimited(subscribe)]));
    const all = await wire.until(() => {
      const bytes = Buffer.concat(wire.all);
      return bytes.includes(Buffer.from([0x08, 0x02, 0x32])) && bytes;
    });
    assert.ok(all.length > 0);
  });
});

describe('pings', () => {
  test('come in the interval and are answered by a pong', async () => {
    const wire = await connectWire(brisk);
    const {ping, pong} = wire.connected.connect;
    assert.deepEqual({ping, pong}, {ping: 1, pong: true});
    await eventually(() => wire.pings >= 3, {withinMs: 10_000});
    assert.equal(wire.socket.readyState, wire.socket.OPEN);
  });

  test('that nobody answers end the connection with 3012', async () => {
    const wire = await connectWire(brisk, {answerPings: false});
    assert.deepEqual(await wire.end(), {code: 3012, reason: 'no pong'});
  });

  test('are one zero byte in Protobuf', async () => {
    const wire = new Wire(brisk, {path: '?format=protobuf'});
    await wire.opened;
    wire.send(protobuf.delimited(protobuf.connectCommand(1, userToken('alice'))));
    await wire.until(() => wire.all.find((bytes) => bytes.length === 1 && bytes[0] === 0));
    wire.send(Buffer.from([0]));
    await wire.until(() =>
      wire.all.filter((bytes) => bytes.length === 1).length >= 2);
  });

  test('that nobody sent end the connection when answered', async () => {
    const wire = await connectWire(node);
    wire.send({});
    assert.equal((await wire.end()).code, 3501);
  });

  test('may be those of WebSocket itself', async () => {
    const wire = new Wire(brisk, {path: '?cf_ws_frame_ping_pong=true'});
    await wire.opened;
    let frames = 0;
    wire.socket.on('ping', () => { ++frames; });
    const {connect} = await wire.ask({connect: {token: userToken('alice')}});
    assert.ok(!connect.ping && !connect.pong);
    await eventually(() => frames >= 3); // npm ws answers them
    assert.equal(wire.pings, 0);
    wire.disconnect();
  });

  test('of WebSocket that nobody answers end the connection with 3012, too', async () => {
    const wire = new Wire(brisk, {path: '?cf_ws_frame_ping_pong=true', autoPong: false});
    await wire.opened;
    await wire.ask({connect: {token: userToken('alice')}});
    assert.deepEqual(await wire.end(), {code: 3012, reason: 'no pong'});
  });
});
