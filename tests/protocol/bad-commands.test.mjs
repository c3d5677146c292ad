// Commands that are broken, out of place or a lie, in both formats.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {connectWire, Wire} from '../support/clients.mjs';
import {testNode} from '../support/fixture.mjs';
import * as protobuf from '../support/protobuf.mjs';
import {userToken} from '../support/tokens.mjs';

const node = await testNode();
const witness = await connectWire(node, {user: 'witness'});

/** Sends a frame on a connected wire; resolves with the code of the end. */
async function endAfter(data) {
  const wire = await connectWire(node);
  wire.send(data);
  return (await wire.end()).code;
}

/** Sends a frame as the first; resolves with the code of the end. */
async function endAfterFirst(data, path = '') {
  const wire = new Wire(node, {path});
  await wire.opened;
  wire.send(data);
  return (await wire.end()).code;
}

const whole = '{"id":2,"subscribe":{"channel":"chat:cut","token":"a\\u00e4\\n","data":{"k":[1,2.5e3,true,null]}}}';

describe('JSON', () => {
  test('cut anywhere is a bad request', async () => {
    // From one byte on: an empty frame has no command at all.
    const cuts = Array.from({length: whole.length - 1}, (_, i) => i + 1);
    while (cuts.length > 0) {
      await Promise.all(cuts.splice(0, 10).map(async (length) => {
        assert.equal(await endAfter(whole.slice(0, length)), 3501,
          `cut after ${length} bytes`);
      }));
    }
  });

  const bad = {
    'an empty frame': '',
    'a line feed alone': '\n',
    'two line feeds between commands':
      '{"id":2,"rpc":{"method":"roost.echo"}}\n\n{"id":3,"rpc":{"method":"roost.echo"}}',
    'no JSON': 'hello',
    'an array': '[]',
    'a number': '42',
    'null': 'null',
    'null behind a command': '{"id":2,"rpc":{"method":"roost.echo"}}\nnull',
    'a pong behind a command, which no ping asked for':
      '{"id":2,"rpc":{"method":"roost.echo"}}\n{}',
    'a text': '"connect"',
    'two values in a line': '{"id":2,"rpc":{}} {"id":3,"rpc":{}}',
    'a comma too much': '{"id":2,"rpc":{"method":"roost.echo",}}',
    'single quotes': "{'id':2}",
    'a control character in a text': '{"id":2,"rpc":{"method":"a\u0001b"}}',
    'a broken escape': '{"id":2,"rpc":{"method":"\\x41"}}',
    'half a surrogate pair as the method': '{"id":2,"rpc":{"method":"\\ud800"}}',
    'a zero byte': '{"id":2,"rpc":{"method":"a\u0000"}}',
    'no request in it': '{"id":2}',
    'a request that it does not know': '{"id":2,"fly":{}}',
    'a ping command': '{"id":2,"ping":{}}',
    'a text as id': '{"id":"2","rpc":{"method":"roost.echo"}}',
    'a negative id': '{"id":-2,"rpc":{"method":"roost.echo"}}',
    'a fraction as id': '{"id":2.5,"rpc":{"method":"roost.echo"}}',
    'an id above 32 bits': '{"id":4294967296,"rpc":{"method":"roost.echo"}}',
    'a number as channel': '{"id":2,"subscribe":{"channel":5}}',
    'an array as subscribe': '{"id":2,"subscribe":[]}',
    'a text as recover': '{"id":2,"subscribe":{"channel":"chat:x","recover":"yes"}}',
    'a negative offset': '{"id":2,"subscribe":{"channel":"chat:x","recover":true,"offset":-1}}',
    'an offset above 64 bits':
      '{"id":2,"subscribe":{"channel":"chat:x","recover":true,"offset":18446744073709551616}}',
    'a text as limit': '{"id":2,"history":{"channel":"chat:x","limit":"all"}}',
    'a list as since': '{"id":2,"history":{"channel":"chat:x","since":[1]}}',
    'a payload that is cut': '{"id":2,"publish":{"channel":"chat:x","data":{"a":}}}',
    '10,000 levels of arrays': `{"id":2,"publish":{"channel":"chat:x","data":${
      '['.repeat(10_000)}${']'.repeat(10_000)}}}`,
    '10,000 levels of objects':
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    '10,000 levels that never close': '['.repeat(10_000),
  };
  for (const [what, text] of Object.entries(bad)) {
    test(`with ${what} is a bad request`, async () => {
      assert.equal(await endAfter(text), 3501);
    });
  }

  test('with a broken command runs the commands before it', async () => {
    const wire = await connectWire(node);
    wire.send('{"id":2,"rpc":{"method":"roost.echo","data":1}}\n{"id":');
    assert.equal((await wire.end()).code, 3501);
  });

  test('with a key twice, or unknown keys, harms nobody', async () => {
    const wire = await connectWire(node);
    wire.send('{"id":2,"id":3,"rpc":{"method":"roost.echo","data":1},"x":{"y":[]}}');
    const answer = await Promise.race([wire.closed.then(({code}) => code),
      wire.until(() => wire.all.find(({rpc}) => rpc))]);
    assert.ok(answer === 3501 || answer.rpc.data === 1);
  });
});

describe('a command out of place', () => {
  test('before connect ends the connection', async () => {
    for (const request of ['{"id":1,"subscribe":{"channel":"chat:x"}}',
      '{"id":1,"rpc":{"method":"roost.echo"}}', '{"id":1,"ping":{}}',
      '{"id":1,"refresh":{"token":"x"}}', '{"send":{"data":1}}'])
      assert.equal(await endAfterFirst(request), 3501, request);
  });

  test('that connects a second time ends the connection', async () => {
    assert.equal(await endAfter(
      JSON.stringify({id: 2, connect: {token: userToken('alice')}})), 3501);
  });

  test('after a refused connect ends the connection', async () => {
    const wire = new Wire(node);
    await wire.opened;
    const expired = userToken('alice', {exp: 1});
    assert.equal((await wire.ask({connect: {token: expired}})).error.code, 109);
    wire.send({id: 2, rpc: {method: 'roost.echo'}});
    assert.equal((await wire.end()).code, 3501);
  });

  test('behind a refused connect in one frame is not run', async () => {
    const wire = new Wire(node);
    await wire.opened;
    wire.send({id: 1, connect: {token: userToken('alice', {exp: 1})}},
      {id: 2, subscribe: {channel: 'chat:behind'}});
    assert.equal((await wire.reply(1)).error.code, 109);
    wire.send({id: 3, subscribe: {channel: 'chat:behind'}});
    await wire.end();
    assert.deepEqual(wire.all.map(({id}) => id), [1]);
  });

  test('without an id but with a request is a pong too much', async () => {
    assert.equal(await endAfter('{"subscribe":{"channel":"chat:x"}}'), 3501);
  });

  test('that sends, which nobody takes yet, ends with 3508', async () => {
    assert.equal(await endAfter('{"send":{"data":{}}}'), 3508);
  });

  test('with no channel ends the connection', async () => {
    assert.equal(await endAfter('{"id":2,"publish":{"data":1}}'), 3501);
  });
});

describe('Protobuf', () => {
  const {bytes, delimited, number} = protobuf;
  const path = '?format=protobuf';
  const hello = delimited(protobuf.connectCommand(1, userToken('alice')));
  const rpc = Buffer.concat([number(1, 2), bytes(13,
    Buffer.concat([bytes(1, '{"a":1}'), bytes(2, 'roost.echo')]))]);

  const bad = {
    'an empty frame': Buffer.alloc(0),
    'a command longer than the frame': delimited(rpc, rpc.length + 1),
    'a command of 4 GiB': delimited(rpc, 2 ** 32 - 1),
    'a command of 2^63 bytes': delimited(rpc, 2n ** 63n),
    'a length of 11 bytes': Buffer.concat([Buffer.alloc(10, 0xff), Buffer.from([1])]),
    'a length that is cut': Buffer.from([0x80]),
    'a command shorter than its fields': delimited(rpc, rpc.length - 1),
    'a field longer than its command':
      delimited(Buffer.concat([number(1, 2), bytes(13, 'x', 100)])),
    'a field of 4 GiB': delimited(Buffer.concat([number(1, 2), bytes(13, 'x', 2 ** 32 - 1)])),
    'a text inside longer than its message':
      delimited(Buffer.concat([number(1, 2), bytes(5, bytes(1, 'chat:x', 90))])),
    'a field number 0': delimited(Buffer.from([0x00, 0x01, 0x08, 0x02])),
    'a wire type that is none': delimited(Buffer.from([0x0f, 0x01])),
    'a group that never ends': delimited(Buffer.from([0x0b, 0x08, 0x01])),
    'a text that is no UTF-8':
      delimited(Buffer.concat([number(1, 2), bytes(5, bytes(1, Buffer.from([0xff, 0xfe])))])),
    'no request': delimited(number(1, 2)),
    'a pong behind a command, which no ping asked for':
      Buffer.concat([delimited(rpc), Buffer.from([0])]),
    'a ping': delimited(Buffer.concat([number(1, 2), bytes(11, '')])),
    'JSON': Buffer.from('{"id":2,"rpc":{"method":"roost.echo"}}'),
    '1,000 filters in each other': delimited(Buffer.concat([number(1, 2), bytes(5,
      bytes(13, Array.from({length: 1000}).reduce((inner) => bytes(6, inner),
        Buffer.alloc(0))))])),
  };
  for (const [what, data] of Object.entries(bad)) {
    test(`with ${what} is a bad request`, async () => {
      const wire = new Wire(node, {path});
      await wire.opened;
      wire.send(hello);
      await wire.until(() => wire.all[0]);
      wire.send(data);
      assert.equal((await wire.end()).code, 3501);
    });
  }

  test('cut anywhere is a bad request', async () => {
    const command = delimited(rpc);
    for (let length = 1; length < command.length; ++length) {
      const wire = new Wire(node, {path});
      await wire.opened;
      wire.send(hello);
      await wire.until(() => wire.all[0]);
      wire.send(command.subarray(0, length));
      assert.equal((await wire.end()).code, 3501, `cut after ${length} bytes`);
    }
  });

  test('with fields that it does not know is read', async () => {
    const wire = new Wire(node, {path});
    await wire.opened;
    wire.send(hello);
    await wire.until(() => wire.all[0]);
    wire.send(delimited(Buffer.concat([rpc, number(900, 7), bytes(901, 'x')])));
    const answer = await wire.until(() => wire.all[1]);
    assert.ok(answer.includes('{"a":1}'));
  });

  test('reaches JSON members as base64 when it is no JSON', async () => {
    const channel = 'chat:mixed';
    const json = await connectWire(node);
    await json.ask({subscribe: {channel}});
    const wire = new Wire(node, {path});
    await wire.opened;
    wire.send(hello);
    await wire.until(() => wire.all[0]);
    wire.send(delimited(Buffer.concat([number(1, 2), bytes(5, bytes(1, channel))])));
    await wire.until(() => wire.all[1]);
    wire.send(delimited(Buffer.concat([number(1, 3), bytes(7,
      Buffer.concat([bytes(1, channel), bytes(2, Buffer.from([0xff, 0x00, 0x7b]))]))])));
    const {pub} = await json.push((push) => push.pub && push.channel === channel);
    assert.equal(pub.data, '/wB7');
    assert.deepEqual(pub.tags, {'roost.encoding': 'base64'});
    const {history} = await json.ask({history: {channel, limit: -1}});
    assert.equal(history.publications.at(-1).data, '/wB7');
    assert.deepEqual(history.publications.at(-1).tags, {'roost.encoding': 'base64'});
    assert.equal(wire.socket.readyState, wire.socket.OPEN);
  });
});

describe('varints', () => {
  test('are written as the tests think', () => {
    assert.deepEqual([...protobuf.varint(300)], [0xac, 0x02]);
  });
});

test('leaves every other client alone', async () => {
  const {rpc} = await witness.ask({rpc: {method: 'roost.echo', data: 'still here'}});
  assert.equal(rpc.data, 'still here');
});
