// RFC 6455, case by case, against an echo on the sessions of a node
// (tests/net/websocket/echo_server.cpp): what suites for it look at.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {dirname, join} from 'node:path';
import {after, describe, test} from 'node:test';
import WebSocket from 'ws';

import {eventually, within} from '../support/eventually.mjs';
import {closeCode, frame, opcodes, openRaw, openTcp, parseFrames, upgradeRequest}
  from '../support/frames.mjs';
import {ROOST_BIN} from '../support/node.mjs';
import {freePort} from '../support/ports.mjs';

/** Starts the echo as other suites would; resolves with its port. */
async function startEcho(...args) {
  const server = spawn(
    join(dirname(ROOST_BIN), '../tests/net/websocket/websocket_echo'), args,
    {stdio: ['ignore', 'pipe', 'inherit']});
  after(() => server.kill());
  const [said] = await within(once(server.stdout, 'data'), 20_000, 'the start of the echo');
  return Number(/^listening on 127.0.0.1:(\d+)\n/.exec(said)[1]);
}

const port = await startEcho();

const MIB = 1 << 20;
const {text, binary, continuation, ping, close} = opcodes;

const first = (payload, opcode = text) => frame(payload, {opcode, final: false});
const middle = (payload) => frame(payload, {opcode: continuation, final: false});
const last = (payload) => frame(payload, {opcode: continuation});
const control = (opcode, payload = '') => frame(payload, {opcode});
const closing = (code, reason = '') => control(close,
  Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

/** Sends the parts, one write each, and resolves with the frames that come
 * until there are `count`: "text abc", "pong x", "close 1000". */
async function answers(count, ...parts) {
  const names = Object.fromEntries(
    Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));
  const socket = await openRaw(port);
  socket.setNoDelay();
  for (const part of parts)
    socket.write(part);
  const frames = await eventually(() => {
    const all = parseFrames(socket.received);
    return all.length >= count && all;
  }, {what: `${count} frames`});
  socket.destroy();
  return frames.map(({opcode, payload}) => opcode === close
    ? `close ${payload.length > 0 ? payload.readUInt16BE(0) : ''}`
    : `${names[opcode]} ${payload}`);
}

/** Sends the parts; resolves with the code of the close frame. */
async function codeAfter(...parts) {
  const socket = await openRaw(port);
  for (const part of parts)
    socket.write(part);
  return closeCode(socket);
}

test('the echo listens where it is told to', async () => {
  const wanted = await freePort();
  assert.equal(await startEcho(wanted), wanted);
});

describe('a message', () => {
  const sizes = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537, MIB, 16 * MIB];
  for (const size of sizes) {
    test(`of ${size} bytes comes back, as text and binary`, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`,
        {perMessageDeflate: false});
      await once(socket, 'open');
      const bytes = randomBytes(size);
      for (const sent of [bytes, bytes.toString('hex').slice(0, size)]) {
        socket.send(sent);
        const [got, isBinary] = await within(once(socket, 'message'), 20_000, 'the echo');
        assert.equal(isBinary, sent === bytes);
        assert.ok(got.equals(Buffer.from(sent)));
      }
      socket.terminate();
    });
  }

  test('above the limit is refused', async () => {
    assert.equal(await codeAfter(frame('', {length: 16 * MIB + 1})), 1009);
  });

  for (const size of [64, 4096, 65_536, MIB]) {
    test(`of 4 MiB in fragments of ${size} bytes comes back whole`, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`,
        {perMessageDeflate: false, maxPayload: 32 * MIB});
      await once(socket, 'open');
      const bytes = randomBytes(4 * MIB);
      for (let at = 0; at < bytes.length; at += size)
        socket.send(bytes.subarray(at, at + size), {fin: at + size >= bytes.length});
      const [got] = await within(once(socket, 'message'), 20_000, 'the echo');
      assert.ok(got.equals(bytes));
      socket.terminate();
    });
  }

  test('comes back when it arrives byte by byte', async () => {
    const bytes = Buffer.concat([first('a'), control(ping, 'p'), last('bc')]);
    assert.deepEqual(await answers(2, ...[...bytes].map((byte) => Buffer.from([byte]))),
      ['pong p', 'text abc']);
  });

  test('comes back when it came with the upgrade', async () => {
    const socket = await openTcp(port);
    socket.write(upgradeRequest(port) + frame('early').toString('latin1'), 'latin1');
    await eventually(() => socket.received.includes('\x81\x05early', 0, 'latin1'));
    socket.destroy();
  });
});

describe('fragments', () => {
  test('may have control frames between them', async () => {
    assert.deepEqual(await answers(4, first('a'), control(ping, '1'), middle('b'),
      control(opcodes.pong, 'unasked'), control(ping, '2'), last('c'), frame('d')),
    ['pong 1', 'pong 2', 'text abc', 'text d']);
  });

  test('may be empty', async () => {
    assert.deepEqual(await answers(2, first(''), middle(''), last(''),
      first('', binary), middle('x'), last('')), ['text ', 'binary x']);
  });

  const wrong = {
    'without a first': [last('x')],
    'after a whole message': [frame('a'), middle('x')],
    'with a text among them': [first('a'), frame('b')],
    'with a binary among them': [first('a'), first('b', binary)],
    'of a ping': [frame('a', {opcode: ping, final: false}), last('b')],
    'of a close': [frame('', {opcode: close, final: false})],
  };
  for (const [what, parts] of Object.entries(wrong)) {
    test(`${what} end it with 1002`, async () => {
      assert.equal(await codeAfter(...parts), 1002);
    });
  }

  test('may be left unfinished by a close', async () => {
    assert.equal(await codeAfter(first('a'), closing(1000)), 1000);
  });
});

describe('a control frame', () => {
  test('of 0 to 125 bytes is answered with what it carries', async () => {
    const payloads = ['', 'x', 'x'.repeat(124), 'x'.repeat(125)];
    assert.deepEqual(await answers(4, ...payloads.map((payload) => control(ping, payload))),
      payloads.map((payload) => `pong ${payload}`));
  });

  test('that carries bytes gets them back as they are', async () => {
    const socket = await openRaw(port);
    const bytes = Buffer.from([0x00, 0xff, 0xfe, 0x80]);
    socket.write(control(ping, bytes));
    const [{payload}] = await eventually(() => {
      const frames = parseFrames(socket.received);
      return frames.length > 0 && frames;
    });
    assert.deepEqual(payload, bytes);
    socket.destroy();
  });

  test('of pongs that nobody asked for is passed over', async () => {
    assert.deepEqual(await answers(1, control(opcodes.pong, 'x'), control(opcodes.pong),
      frame('a')), ['text a']);
  });

  for (const opcode of [ping, opcodes.pong, close])
    test(`${opcode} of 126 bytes ends it with 1002`, async () => {
      assert.equal(await codeAfter(control(opcode, 'x'.repeat(126))), 1002);
    });
});

describe('a frame', () => {
  for (const reserved of [0x10, 0x20, 0x40, 0x70])
    for (const opcode of [text, binary, ping, close])
      test(`${opcode} with reserved bits ${reserved >> 4} ends it with 1002`, async () => {
        assert.equal(await codeAfter(frame('', {opcode, reserved})), 1002);
      });

  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    test(`with opcode ${opcode} ends it with 1002, after what came before`, async () => {
      assert.deepEqual(await answers(2, Buffer.concat([frame('a'), frame('x', {opcode})])),
        ['text a', 'close 1002']);
    });

  const masked = [1, 2, 3, 4];
  const wrong = {
    'without a mask': frame('x', {mask: false}),
    'with 125 in two bytes': Buffer.from([0x81, 0xfe, 0, 125, ...masked]),
    'with 0 in eight bytes': Buffer.from([0x81, 0xff, ...Array(8).fill(0), ...masked]),
    'with 65,535 in eight bytes':
      Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...masked]),
    'with the highest bit of its length':
      Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 1, 0, 0, ...masked]),
  };
  for (const [what, bytes] of Object.entries(wrong))
    test(`${what} ends it with 1002`, async () => {
      assert.equal(await codeAfter(bytes), 1002);
    });
});

describe('a close', () => {
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
    1014, 3000, 3999, 4000, 4999])
    test(`with ${code} is answered with it`, async () => {
      assert.equal(await codeAfter(closing(code, 'why')), code);
    });

  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    test(`with ${code} is answered with 1002`, async () => {
      assert.equal(await codeAfter(closing(code)), 1002);
    });

  test('without a code is answered without one', async () => {
    assert.deepEqual(await answers(1, control(close)), ['close ']);
  });

  test('with half a code is answered with 1002', async () => {
    assert.equal(await codeAfter(control(close, 'x')), 1002);
  });

  test('may have a reason of 123 bytes', async () => {
    assert.equal(await codeAfter(closing(1000, 'é'.repeat(61) + 'x')), 1000);
  });

  test('with a reason that is no UTF-8 is answered with 1007', async () => {
    assert.equal(await codeAfter(closing(1000, Buffer.from([0xce, 0xba, 0xed, 0xa0]))), 1007);
  });

  test('ends what follows it', async () => {
    const socket = await openRaw(port);
    socket.write(Buffer.concat([frame('a'), closing(1000), control(ping, 'b'), frame('c')]));
    await within(socket.gone, 20_000, 'the end');
    assert.deepEqual(parseFrames(socket.received).map(({opcode}) => opcode), [text, close]);
  });
});

describe('a text', () => {
  const valid = ['\u0000', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000',
    '\ufffd', '\ufffe', '\uffff', '\u{10000}', '\u{10ffff}', 'κόσμε', '日本語', '🙂🙃'];
  for (const [i, part] of valid.entries())
    test(`that is UTF-8 comes back, however it is cut (${i})`, async () => {
      const bytes = Buffer.from(`a${part}b`);
      for (let cut = 0; cut <= bytes.length; ++cut)
        assert.deepEqual(await answers(1, first(bytes.subarray(0, cut)),
          last(bytes.subarray(cut))), [`text a${part}b`]);
    });

  const invalid = ['80', 'bf', 'c0af', 'c1bf', 'c328', 'e08080', 'e09fbf', 'e228a1',
    'eda080', 'edbfbf', 'f0808080', 'f08fbfbf', 'f0288cbc', 'f4908080', 'f5808080',
    'f8888080', 'fc8480808080', 'fe', 'ff', 'cebae1bdb9cf83cebcceb5eda080656469746564'];
  for (const hex of invalid)
    test(`that is not (${hex}) ends it with 1007`, async () => {
      const bytes = Buffer.from(hex, 'hex');
      assert.equal(await codeAfter(frame(bytes)), 1007);
      // At the fragment that shows it: nothing follows.
      assert.equal(await codeAfter(first(Buffer.concat([bytes, Buffer.from('x')]))), 1007);
    });

  test('that ends within a character ends it with 1007', async () => {
    for (const hex of ['c3', 'e282', 'f09f99'])
      assert.equal(await codeAfter(first('a'), last(Buffer.from(hex, 'hex'))), 1007);
  });
});
