#!/usr/bin/env node
// Does to the cluster port of a running node what a stranger could do, and
// says of each attack whether the port closed every connection in time.
//
//   attack_peer_port.mjs [HOST:]PORT [--cluster NAME] [--node NAME]
//                        [--version N] [--seconds N] [--recorded FILE]
//
// With the real --cluster name the replays reach the proof of the secret;
// without it they end at the name. --recorded is what a dialler of this
// cluster once said, byte for byte. Exit status: 0 when every connection was
// closed within --seconds (5), 1 when one was not or the port is gone, 2 when
// called wrongly.
import {randomBytes, randomInt} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {connect} from 'node:net';
import {parseArgs} from 'node:util';

const usage = `usage: attack_peer_port.mjs [HOST:]PORT [--cluster NAME] [--node NAME]
                            [--version N] [--seconds N] [--recorded FILE]`;

function options() {
  const text = (fallback) => ({type: 'string', default: fallback});
  try {
    const {values, positionals: [target = '']} = parseArgs({
      allowPositionals: true,
      options: {
        cluster: text('no-such-cluster'), node: text('attacker'),
        version: text('1'), seconds: text('5'), recorded: text(''),
      },
    });
    const [, host = '127.0.0.1', port] = target.match(/^(?:(.+):)?(\d+)$/);
    return {...values, host: host.replace(/^\[|\]$/g, ''), port: Number(port),
      version: Number(values.version), limit: Number(values.seconds) * 1000};
  } catch {
    console.error(usage);
    process.exit(2);
  }
}

const {host, port, cluster, node, version, limit, recorded} = options();

// -- a connection ------------------------------------------------------------

/** Opens a connection; `gone` resolves to whether the port closed it in time. */
function open() {
  const socket = connect({host, port, allowHalfOpen: false});
  const received = [];
  const gone = new Promise((resolve) => {
    const timer = setTimeout(() => { socket.destroy(); resolve(false); }, limit);
    const end = () => { clearTimeout(timer); resolve(true); };
    socket.on('error', end).on('end', end).on('close', end);
  });
  socket.on('data', (bytes) => received.push(bytes));
  const ready = new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('close', () => resolve(false));
  });
  return {socket, gone, ready, received: () => Buffer.concat(received)};
}

/** Sends `bytes` on a new connection; whether it was closed in time. */
async function send(bytes) {
  const one = open();
  if (await one.ready)
    one.socket.write(bytes);
  return one.gone;
}

/** The first whole frame that the port answers with, or what there was. */
async function answer(one) {
  const whole = () => {
    const bytes = one.received();
    return bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt16BE(6);
  };
  while (!whole() && !one.socket.destroyed && !one.socket.readableEnded)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return one.received();
}

const many = async (count, attack) =>
  (await Promise.all(Array.from({length: count}, (_, i) => attack(i)))).every(Boolean);

// -- what is said ------------------------------------------------------------

/** Length-delimited Protobuf field of at most 127 bytes, or a longer one. */
function field(number, value) {
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length]
    : [bytes.length & 0x7f | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number << 3 | 2, ...length]), bytes]);
}

function frame(body, {magic = 'ROST', as = version, length = body.length} = {}) {
  const header = Buffer.alloc(8);
  header.write(magic, 'latin1');
  header.writeUInt16BE(as, 4);
  header.writeUInt16BE(length, 6);
  return Buffer.concat([header, body]);
}

const hello = (given = {}) => {
  const {name = node, of = cluster, nonce = randomBytes(32)} = given;
  return field(1, Buffer.concat([
    field(1, of), field(2, name), field(3, '0123456789abcdef'),
    field(4, '127.0.0.1:9'), field(6, nonce)]));
};
const proof = (mac = randomBytes(32)) => field(2, field(1, mac));

/** The 32-byte header of CAF's own transport. */
function basp(operation, {payload = 0, data = 0n, to = 0n} = {}) {
  const header = Buffer.alloc(32);
  header[0] = operation;
  header.writeUInt32BE(payload, 4);
  header.writeBigUInt64BE(data, 8);
  header.writeBigUInt64BE(to, 24);
  return header;
}

function baspMessage(body) {
  const payload = Buffer.concat([Buffer.from([0]), body]);
  return Buffer.concat([basp(2, {payload: payload.length, to: 1n}), payload]);
}

const baspType = (name) =>
  Buffer.concat([Buffer.from([0, 0, name.length]), Buffer.from(name)]);

// -- the catalogue -----------------------------------------------------------

const replayed = recorded ? readFileSync(recorded)
  : Buffer.concat([frame(hello()), frame(proof())]);

/** One byte every 100 ms, until the port has enough of it. */
async function drip(bytes) {
  const one = open();
  await one.ready;
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length && !one.socket.destroyed)
      one.socket.write(bytes.subarray(at, ++at));
  }, 100);
  const closed = await one.gone;
  clearInterval(timer);
  return closed;
}

/** Gives the port its own first answer back. */
async function reflect() {
  const one = open();
  await one.ready;
  one.socket.write(frame(hello()));
  const theirs = await answer(one);
  if (!one.socket.destroyed)
    one.socket.write(theirs);
  return one.gone;
}

/** Gives one connection's challenge to another, and the answer back. */
async function crossOver() {
  const [first, second] = [open(), open()];
  await Promise.all([first.ready, second.ready]);
  first.socket.write(frame(hello()));
  second.socket.write(await answer(first));
  const theirs = await answer(second);
  if (!first.socket.destroyed)
    first.socket.write(theirs);
  return (await Promise.all([first.gone, second.gone])).every(Boolean);
}

async function reset() {
  const one = open();
  if (await one.ready)
    one.socket.write(frame(hello()), () => one.socket.resetAndDestroy());
  return one.gone;
}

/** 2000 connections with random bytes, 50 at a time. */
async function junk() {
  let closed = true;
  for (let round = 0; round < 40; ++round)
    closed = await many(50, (i) => {
      const bytes = randomBytes(randomInt(8, 400));
      if (i % 3 === 0)
        bytes.write('ROST', 'latin1');
      // A length of at least what follows leaves the port waiting for more;
      // that is what 'half a frame' is for.
      if (i % 3 === 0)
        bytes.writeUInt16BE(Math.min(bytes.readUInt16BE(6), bytes.length - 8), 6);
      return send(bytes);
    }) && closed;
  return closed;
}

const nested = baspMessage(Buffer.concat([
  ...Array(100_000).fill(baspType('@<>+@message')), baspType('@<>')]));

const attacks = {
  'CAF client handshake without payload': () => send(basp(1)),
  'CAF server handshake without payload': () => send(basp(0, {data: 3n})),
  'CAF header with a payload of 4 GiB': () => send(basp(2, {payload: 0xFFFFFFFF, to: 1n})),
  'CAF heartbeat': () => send(basp(4)),
  'CAF message nested 100000 deep': () => send(nested),
  'CAF byte vector of 4 GiB': () => send(baspMessage(Buffer.concat([
    baspType('@<>+@charbuf'), Buffer.from([0xF0, 0xFF, 0xFF, 0xFF, 0x0F])]))),
  'HTTP request': () => send('GET / HTTP/1.1\r\nHost: roost\r\n\r\n'),
  'TLS client hello, cut': () => send(Buffer.from('160301020001', 'hex')),
  '2000 x random bytes': junk,
  'frame longer than allowed': () => send(frame(Buffer.alloc(16), {length: 0xFFFF})),
  'half a frame': () => send(frame(hello(), {length: 4000})),
  'empty frame': () => send(frame(Buffer.alloc(0))),
  'wrong magic': () => send(frame(hello(), {magic: 'RAST'})),
  'another version': () => send(frame(hello(), {as: 0xFFFF})),
  'Protobuf length that lies': () => send(frame(Buffer.from('0affffffff0f41', 'hex'))),
  'Protobuf groups nested 2000 deep': () => send(frame(Buffer.alloc(2000, 0x0B))),
  'a name with line breaks': () => send(frame(hello({name: 'a\n[error] forged'}))),
  'a name that is not UTF-8': () => send(frame(hello({name: [0xFF, 0xFE, 0x80]}))),
  'another cluster': () => send(frame(hello({of: 'not-this-one'}))),
  'a proof before the hello': () => send(frame(proof())),
  'a made-up proof': () => send(Buffer.concat([frame(hello()), frame(proof())])),
  'an empty proof': () => send(Buffer.concat([frame(hello()), frame(proof(''))])),
  'a hello twice': () => send(Buffer.concat([frame(hello()), frame(hello())])),
  'a replayed handshake, 3 times': async () =>
    await send(replayed) && await send(replayed) && send(replayed),
  'its own answer': reflect,
  "another connection's challenge": crossOver,
  'a reset in the middle, 100 times': () => many(100, reset),
  'one byte each 100 ms': () => drip(frame(hello())),
  '200 x open, say nothing': () => many(200, () => open().gone),
  '200 x open, say a hello, fall silent': () => many(200, () => send(frame(hello()))),
  '1000 connections at once': () => many(1000, () => send('ROST')),
};

// -- the run -----------------------------------------------------------------

if (!await open().ready) {
  console.error(`nothing listens on ${host}:${port}`);
  process.exit(1);
}

let failed = 0;
for (const [name, attack] of Object.entries(attacks)) {
  const begin = performance.now();
  const closed = await attack();
  const took = Math.round(performance.now() - begin);
  console.log(`${closed ? 'closed' : 'OPEN  '} ${String(took).padStart(6)} ms  ${name}`);
  failed += closed ? 0 : 1;
}

if (!await open().ready) {
  console.log(`after the attacks nothing listens on ${host}:${port}`);
  failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
