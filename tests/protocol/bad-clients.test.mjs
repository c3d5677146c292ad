// Clients that are slow, silent, deaf or too loud: each costs its own
// connection only.
import assert from 'node:assert/strict';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, test} from 'node:test';

import {connectWire, Wire} from '../support/clients.mjs';
import {eventually, within} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {closeCode, frame, openRaw, openTcp, upgradeRequest} from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode({
  client: {stale_close_delay: '1s', queue_max_size: 262_144,
    commands_per_second: 200},
  websocket: {handshake_timeout: '1s', write_timeout: '2s'},
});
const rationed = await testNode({client: {connection_rate_limit: 5}});
const counted = await testNode({client: {connection_limit: 3}});
const {http: port} = node.ports;

const witness = await connectWire(node, {user: 'witness'});

const hello = () => JSON.stringify({id: 1, connect: {token: userToken('alice')}});

describe('a client that', () => {
  test('opens TCP and says nothing is closed', async () => {
    const socket = await openTcp(port);
    await within(socket.gone, 10_000, 'the end of a silent socket');
  });

  test('sends half an upgrade is closed', async () => {
    const socket = await openTcp(port);
    socket.write(upgradeRequest(port).slice(0, 60));
    await within(socket.gone, 10_000, 'the end of half an upgrade');
  });

  test('upgrades and says nothing is closed with 3502', async () => {
    const wire = new Wire(node);
    await wire.opened;
    assert.deepEqual(await wire.end(), {code: 3502, reason: 'stale'});
  });

  test('sends one byte at a time of its first frame is closed with 3502', async () => {
    const socket = await openRaw(port);
    const bytes = frame(hello());
    const dripping = (async () => {
      for (const byte of bytes) {
        if (socket.ended || socket.destroyed)
          return;
        socket.write(Buffer.from([byte]));
        await sleep(100); // The client's own pace, which is what is tested.
      }
    })();
    assert.equal(await closeCode(socket), 3502);
    await dripping;
  });

  test('sends one byte at a time of its upgrade is closed', async () => {
    const socket = await openTcp(port);
    const dripping = (async () => {
      for (const byte of upgradeRequest(port)) {
        if (socket.ended || socket.destroyed)
          return;
        socket.write(byte);
        await sleep(100);
      }
    })();
    await within(socket.gone, 10_000, 'the end of a slow upgrade');
    await dripping;
  });

  test('has failed to connect and stays is closed with 3502', async () => {
    const wire = new Wire(node);
    await wire.opened;
    assert.equal((await wire.ask({connect:
      {token: userToken('alice', {exp: 1})}})).error.code, 109);
    assert.equal((await wire.end()).code, 3502);
  });

  test('never reads is cut, and the room goes on', async () => {
    const channel = 'chat:deaf';
    const socket = await openRaw(port);
    socket.write(frame(hello()));
    socket.write(frame(JSON.stringify({id: 2, subscribe: {channel}})));
    await eventually(() => socket.received.includes('"recoverable":true'));
    socket.pause();
    const listener = await connectWire(node, {user: 'bob'});
    await listener.ask({subscribe: {channel}});
    const data = 'x'.repeat(20_000);
    let sent = 0;
    await eventually(async () => {
      await node.api('publish', {channel, data});
      ++sent;
      const {num_clients: members} = await node.api('presence_stats', {channel});
      return members === 1;
    }, {withinMs: 60_000, what: 'the end of who never reads'});
    await eventually(() =>
      listener.pushes.filter(({pub}) => pub).at(-1)?.pub.offset === sent);
    socket.destroy();
  });

  test('floods with commands is read no faster than the file says', async () => {
    const wire = await connectWire(node);
    const start = Date.now();
    for (let id = 2; id < 2000; ++id)
      wire.socket.send(`{"id":${id},"rpc":{"method":"roost.echo","data":1}}`);
    // The first 200 may come at once; the next 400 take two seconds.
    const enough = await Promise.race([
      wire.closed.then(({code}) => code),
      eventually(() => wire.all.length >= 600 && 'enough', {withinMs: 20_000})]);
    if (enough === 'enough')
      assert.ok(Date.now() - start > 1500, `600 answers in ${Date.now() - start} ms`);
    else
      assert.equal(enough, 3013);
    const {rpc} = await witness.ask({rpc: {method: 'roost.echo', data: 'meanwhile'}});
    assert.equal(rpc.data, 'meanwhile');
  });

  test('vanishes in the middle of a frame is forgotten', async () => {
    const channel = 'chat:vanished';
    const socket = await openRaw(port);
    socket.write(frame(hello()));
    socket.write(frame(JSON.stringify({id: 2, subscribe: {channel}})));
    await eventually(async () =>
      (await node.api('presence_stats', {channel})).num_clients === 1);
    socket.write(frame('{"id":3').subarray(0, 5));
    socket.resetAndDestroy();
    await eventually(async () =>
      (await node.api('presence_stats', {channel})).num_clients === 0);
  });
});

describe('many', () => {
  test('silent sockets stop nobody', async () => {
    const sockets = await Promise.all(Array.from({length: 200}, () => openTcp(port)));
    const wire = await connectWire(node, {user: 'honest'});
    assert.ok(wire.connected.connect);
    await within(Promise.all(sockets.map(({gone}) => gone)), 20_000,
      'the end of 200 silent sockets');
  });

  test('new connections a second wait or are refused where the file says so', async () => {
    const outcomes = await Promise.all(Array.from({length: 40}, async (_, i) => {
      const wire = new Wire(rationed);
      const refused = new Promise((resolve) => wire.socket.once(
        'unexpected-response', (request, response) => resolve(response.statusCode)));
      const outcome = await Promise.race([refused, wire.closed.then(({code}) => code),
        wire.opened.then(() => wire.ask({connect: {token: userToken(`u${i}`)}}))
          .then(() => 'in', () => 'out')]);
      return outcome;
    }));
    const inside = outcomes.filter((outcome) => outcome === 'in').length;
    assert.ok(inside >= 1 && inside <= 20, outcomes.join());
    for (const outcome of outcomes)
      assert.ok(['in', 'out', 429, 503, 1006, 3013, 3504].includes(outcome), outcomes.join());
    await eventually(async () => {
      const wire = new Wire(rationed);
      const {connect} = await wire.opened.then(
        () => wire.ask({connect: {token: userToken('later')}}));
      return connect;
    });
  });

  test('connections end at the node\'s limit', async () => {
    const wires = [];
    for (let i = 0; i < 3; ++i)
      wires.push(await connectWire(counted, {user: `user-${i}`}));
    const wire = new Wire(counted);
    const refused = new Promise((resolve) => wire.socket.once(
      'unexpected-response', (request, response) => resolve(response.statusCode)));
    wire.opened.then(() => wire.send(hello()), () => {});
    const outcome = await Promise.race([refused, wire.closed.then(({code}) => code)]);
    assert.ok([503, 3504].includes(outcome), `outcome ${outcome}`);
    wires[0].disconnect();
    await eventually(async () => {
      const next = new Wire(counted);
      await next.opened;
      return (await next.ask({connect: {token: userToken('next')}})).connect;
    });
  });
});

test('leaves every other client alone', async () => {
  const {rpc} = await witness.ask({rpc: {method: 'roost.echo', data: 'still here'}});
  assert.equal(rpc.data, 'still here');
});
