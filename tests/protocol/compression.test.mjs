// permessage-deflate, against the npm package `ws` and by hand.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {request} from 'node:http';
import {describe, test} from 'node:test';
import {deflateRawSync} from 'node:zlib';

import WebSocket from 'ws';

import {codecs, connect, connectWire, subscribe} from '../support/clients.mjs';
import {eventually, next, within} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {frame} from '../support/frames.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode({websocket: {compression: true}});
const off = await testNode();

const STATE = JSON.stringify({players: Array.from({length: 40}, (_, i) => (
  {id: i, name: `player ${i}`, x: i * 3, y: i * 7, alive: true}))});

/** A WebSocket whose offer is `perMessageDeflate`, connected and in a room. */
async function listener(perMessageDeflate, channel, at = node) {
  const socket = new WebSocket(at.webSocketUrl, {perMessageDeflate});
  await next(socket, 'open');
  const seen = [];
  socket.on('message', (data) => seen.push(...data.toString().split('\n')
    .map((line) => JSON.parse(line))));
  socket.send(JSON.stringify({id: 1, connect: {token: userToken('listener')}}));
  socket.send(JSON.stringify({id: 2, subscribe: {channel}}));
  await eventually(() => seen.some(({id}) => id === 2));
  return {socket, seen, bytes: () => socket._socket.bytesRead};
}

const offers = [
  true,
  {},
  {serverNoContextTakeover: true},
  {clientNoContextTakeover: true},
  {serverNoContextTakeover: true, clientNoContextTakeover: true},
  {clientMaxWindowBits: 10},
  {clientMaxWindowBits: 15, serverMaxWindowBits: 15},
  {threshold: 0},
];

describe('a client that compresses', () => {
  for (const offer of offers)
    test(`gets what others get with ${JSON.stringify(offer)}`, async () => {
      const channel = `chat:deflate-${offers.indexOf(offer)}`;
      const {socket, seen, bytes} = await listener(offer, channel);
      assert.match(socket.extensions, /permessage-deflate/);
      const before = bytes();
      for (let i = 0; i < 10; ++i)
        await node.api('publish', {channel, data: {i, state: JSON.parse(STATE)}});
      await eventually(() => seen.filter(({push}) => push?.pub).length === 10);
      assert.deepEqual(seen.flatMap(({push}) => (push?.pub ? [push.pub.data.i] : [])),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert.deepEqual(seen.at(-1).push.pub.data.state, JSON.parse(STATE));
      assert.ok(bytes() - before < 0.45 * 10 * STATE.length,
        `${bytes() - before} bytes for ${10 * STATE.length}`);
      socket.terminate();
    });

  test('may send compressed, in one frame or several', async () => {
    const {socket, seen} = await listener({threshold: 0}, 'chat:deflate-in');
    const command = (id) => JSON.stringify({id,
      publish: {channel: 'chat:deflate-in', data: {id, state: STATE}}});
    socket.send(command(3), {compress: true});
    const text = command(4);
    for (let at = 0; at < text.length; at += 500)
      socket.send(text.slice(at, at + 500), {fin: at + 500 >= text.length});
    await eventually(() => [3, 4].every((id) => seen.some((x) => x.id === id && x.publish)));
    assert.equal(seen.filter(({push}) => push?.pub).length, 2);
    socket.terminate();
  });

  test('gets small messages plain', async () => {
    const {socket, bytes} = await listener(true, 'chat:deflate-small');
    const before = bytes();
    await node.api('publish', {channel: 'chat:deflate-small', data: 'aaaaaaaaaaaaaaaa'});
    await eventually(() => bytes() > before + 50);
    socket.terminate();
  });

  for (const codec of codecs)
    test(`the ${codec.name} SDK does`, async () => {
      class Compressing extends WebSocket {
        constructor(url, protocols) { super(url, protocols, {perMessageDeflate: true}); }
      }
      const channel = `chat:deflate-sdk-${codec.name}`;
      const client = await connect(node, {codec, websocket: Compressing});
      const room = await subscribe(client, channel);
      await room.publish(codec.pack({state: STATE}));
      await eventually(() => room.seen.length === 1);
      assert.deepEqual(codec.unpack(room.seen[0].data), {state: STATE});
      client.disconnect();
    });
});

/** What the node answers to an offer, which may have several lines. */
async function answerTo(offer) {
  const upgrade = request(node.httpUrl + '/connection/websocket', {headers: {
    'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': 13,
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Extensions': offer}}).end();
  const [{headers}, socket] = await within(once(upgrade, 'upgrade'), 5000, 'an upgrade');
  socket.destroy();
  return headers['sec-websocket-extensions'];
}

const CONTEXTS = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const WINDOW = `${CONTEXTS}; server_max_window_bits=15`;

// By what RFC 7692 allows (section 7.1), and by what frames that all members
// share allow: no context, and a window of 15 bits.
const ANSWERS = {
  'permessage-deflate': CONTEXTS,
  'permessage-deflate; client_no_context_takeover': CONTEXTS,
  'permessage-deflate; server_no_context_takeover': CONTEXTS,
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover': CONTEXTS,
  'permessage-deflate; client_max_window_bits': CONTEXTS,
  'permessage-deflate; client_max_window_bits=8': CONTEXTS,
  'permessage-deflate; client_max_window_bits="15"': CONTEXTS,
  'permessage-deflate; server_max_window_bits=15': WINDOW,
  'permessage-deflate; server_max_window_bits=14': undefined,
  'permessage-deflate; server_max_window_bits=8': undefined,
  'permessage-deflate; server_max_window_bits': undefined,
  'permessage-deflate; server_max_window_bits=015': undefined,
  'permessage-deflate; client_max_window_bits=16': undefined,
  'permessage-deflate; client_no_context_takeover=1': undefined,
  'permessage-deflate; unknown_parameter': undefined,
  'permessage-deflate; client_max_window_bits; client_max_window_bits': undefined,
  'x-unknown': undefined,
  'x-unknown, permessage-deflate': CONTEXTS,
  'permessage-deflate; server_max_window_bits=10, permessage-deflate': CONTEXTS,
  'permessage-deflate; unknown_parameter, permessage-deflate; server_max_window_bits=15': WINDOW,
  'permessage-deflate; server_max_window_bits=9, x-unknown': undefined,
};

describe('an offer', () => {
  for (const [offer, answer] of Object.entries(ANSWERS))
    test(`of ${offer} is ${answer ? 'accepted' : 'declined'}`, async () => {
      assert.equal(await answerTo(offer), answer);
    });

  test('of several lines is one list', async () => {
    assert.equal(await answerTo(['permessage-deflate; server_max_window_bits=10',
      'permessage-deflate; client_max_window_bits']), CONTEXTS);
  });
});

describe('every offer that the package makes', () => {
  const switches = [undefined, true];
  const clientBits = [undefined, true, 9, 15];
  const serverBits = [undefined, 10, 14, 15];
  for (const serverNoContextTakeover of switches)
    for (const clientNoContextTakeover of switches)
      for (const clientMaxWindowBits of clientBits)
        for (const serverMaxWindowBits of serverBits) {
          const offer = JSON.parse(JSON.stringify({serverNoContextTakeover,
            clientNoContextTakeover, clientMaxWindowBits, serverMaxWindowBits}));
          const declined = serverMaxWindowBits < 15;
          test(`${JSON.stringify(offer)} is ${declined ? 'declined' : 'kept'}`, async () => {
            const socket = new WebSocket(node.webSocketUrl, {perMessageDeflate: offer});
            await next(socket, 'open');
            const answer = socket._extensions['permessage-deflate']?.params;
            if (declined)
              assert.equal(answer, undefined);
            else
              assert.ok(answer.server_no_context_takeover && answer.client_no_context_takeover);
            // It works either way, for what is large enough to be compressed.
            socket.send(JSON.stringify({id: 1, connect: {token: userToken('o')}}));
            socket.send(JSON.stringify({id: 2, rpc: {method: 'roost.echo', data: STATE}}));
            const seen = [];
            socket.on('message', (data) => seen.push(...data.toString().split('\n')
              .map((line) => JSON.parse(line))));
            const {rpc} = await eventually(() => seen.find(({id}) => id === 2));
            assert.equal(rpc.data, STATE);
            socket.terminate();
          });
        }
});

describe('a client that asks for what cannot be shared', () => {
  test('stays plain', async () => {
    const {socket} = await listener({serverMaxWindowBits: 10}, 'chat:deflate-window');
    assert.equal(socket.extensions, '');
    socket.terminate();
  });

  test('stays plain where compression is off', async () => {
    const {socket} = await listener(true, 'chat:deflate-off', off);
    assert.equal(socket.extensions, '');
    socket.terminate();
  });
});

describe('a member beside those that compress', () => {
  test('gets the same in the same order', async () => {
    const channel = 'chat:deflate-beside';
    const {socket, seen} = await listener(true, channel);
    const wire = await connectWire(node, {user: 'plain'});
    await wire.ask({subscribe: {channel}});
    for (let i = 0; i < 5; ++i)
      await node.api('publish', {channel, data: {i, state: STATE}});
    await eventually(() => seen.filter(({push}) => push?.pub).length === 5
      && wire.pushes.filter(({pub}) => pub).length === 5);
    const offsets = (pushes) => pushes.filter((x) => x?.pub).map(({pub}) => pub.offset);
    assert.deepEqual(offsets(seen.map(({push}) => push)), offsets(wire.pushes));
    socket.terminate();
    wire.disconnect();
  });
});

/** Sends `payload` as one frame whose first byte is `first`; resolves with the
 * code that the node ends the connection with. */
async function endOf(first, payload, {perMessageDeflate = true} = {}) {
  const socket = new WebSocket(node.webSocketUrl, {perMessageDeflate});
  await next(socket, 'open');
  const closed = once(socket, 'close');
  const bytes = frame(payload);
  bytes[0] = first;
  socket._socket.write(bytes);
  return (await closed)[0];
}

const compressed = (bytes) => deflateRawSync(bytes, {finishFlush: 2}).subarray(0, -4);

describe('what is compressed', () => {
  test('and too large when it is taken apart ends with 1009', async () => {
    const bomb = compressed(Buffer.alloc(20_000_000, 'a'));
    assert.ok(bomb.length < 65_536);
    assert.equal(await endOf(0xc1, bomb), 1009);
  });

  test('and broken ends with 1007', async () => {
    assert.equal(await endOf(0xc1, Buffer.concat([Buffer.from([6]), randomBytes(50)])), 1007);
    assert.equal(await endOf(0xc1, compressed(Buffer.from([0xff, 0xfe]))), 1007);
  });

  test('without having agreed to it ends with 1002', async () => {
    assert.equal(await endOf(0xc1, compressed(Buffer.from('{}')),
      {perMessageDeflate: false}), 1002);
  });

  test('in a control frame ends with 1002', async () => {
    assert.equal(await endOf(0xc9, Buffer.from('x')), 1002);
  });
});
