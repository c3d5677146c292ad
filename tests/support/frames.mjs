// WebSocket frames by hand, right and wrong (RFC 6455), on plain sockets.
import {createHash, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {connect as connectTcp} from 'node:net';

import {eventually, within} from './eventually.mjs';

export const opcodes = {continuation: 0, text: 1, binary: 2, close: 8, ping: 9,
  pong: 10};

/**
 * Makes a frame. Everything that the RFC fixes can be broken: `mask: false`,
 * `reserved: 0x40`, any `opcode`, and `length`, which lies about the payload.
 */
export function frame(payload, {opcode = opcodes.text, final = true, mask = true,
  reserved = 0, length} = {}) {
  const body = Buffer.from(payload);
  const size = length ?? body.length;
  const head = [(final ? 0x80 : 0) | reserved | opcode];
  const maskBit = mask ? 0x80 : 0;
  if (size < 126) {
    head.push(maskBit | size);
  } else if (size < 65_536) {
    head.push(maskBit | 126, size >> 8, size & 255);
  } else {
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64BE(BigInt(size));
    head.push(maskBit | 127, ...wide);
  }
  if (!mask)
    return Buffer.concat([Buffer.from(head), body]);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.from(head), key,
    body.map((byte, index) => byte ^ key[index % 4])]);
}

/** A TCP connection to the public port of a node; `received` has its bytes. */
export async function openTcp(port) {
  const socket = connectTcp(port, '127.0.0.1');
  socket.received = Buffer.alloc(0);
  socket.ended = false;
  socket.on('data', (bytes) => {
    socket.received = Buffer.concat([socket.received, bytes]);
  });
  socket.on('error', () => {});
  socket.gone = new Promise((resolve) => {
    socket.once('close', resolve);
    socket.once('end', resolve);
  }).then(() => { socket.ended = true; });
  await once(socket, 'connect');
  return socket;
}

/** The request that upgrades to WebSocket; `headers` are added. */
export function upgradeRequest(port, headers = {}, path = '/connection/websocket') {
  const all = {
    Host: `127.0.0.1:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A socket past its upgrade, for frames by hand. */
export async function openRaw(port, headers, path) {
  const socket = await openTcp(port);
  const request = upgradeRequest(port, headers, path);
  socket.write(request);
  const end = await eventually(() => {
    const index = socket.received.indexOf('\r\n\r\n');
    return index >= 0 && index + 4;
  }, {what: 'the answer to the upgrade'});
  socket.handshake = socket.received.subarray(0, end).toString();
  socket.received = socket.received.subarray(end);
  const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)[1];
  socket.expectedAccept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return socket;
}

/** Splits bytes of a server into frames: {opcode, final, payload}. */
export function parseFrames(bytes) {
  const frames = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const opcode = bytes[at] & 15;
    const final = (bytes[at] & 0x80) !== 0;
    let size = bytes[at + 1] & 127;
    at += 2;
    if (size === 126) {
      size = bytes.readUInt16BE(at);
      at += 2;
    } else if (size === 127) {
      size = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    if (at + size > bytes.length)
      break;
    frames.push({opcode, final, payload: bytes.subarray(at, at + size)});
    at += size;
  }
  return frames;
}

/**
 * Waits for the end of a raw WebSocket; resolves with the code of its close
 * frame, or undefined when there was none.
 */
export async function closeCode(socket, ms = 20_000) {
  const closing = eventually(() =>
    parseFrames(socket.received).find(({opcode}) => opcode === opcodes.close),
  {withinMs: ms, what: 'a close frame'}).catch(() => undefined);
  const close = await Promise.race([closing, within(socket.gone, ms,
    'the end of the connection').then(() => parseFrames(socket.received)
    .find(({opcode}) => opcode === opcodes.close))]);
  socket.destroy();
  return close && close.payload.length >= 2
    ? close.payload.readUInt16BE(0) : undefined;
}
