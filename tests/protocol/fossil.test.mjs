// Our deltas against another implementation, the npm package fossil-delta: it
// applies ours, and we apply its.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {dirname, join} from 'node:path';
import {describe, test} from 'node:test';

import {applyDelta, createDelta} from 'fossil-delta';

import {ROOST_BIN} from '../support/node.mjs';

const TOOL = join(dirname(ROOST_BIN), '../tests/proto/fossil_tool');

/** What the tool answers to each pair: bytes, or null. */
function answers(mode, pairs) {
  const sized = (bytes) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return [size, bytes];
  };
  const {status, stdout} = spawnSync(TOOL, [mode], {
    input: Buffer.concat(pairs.flat().flatMap(sized)),
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  assert.equal(status, 0);
  const out = [];
  for (let at = 0; at < stdout.length;) {
    const size = stdout.readUInt32BE(at);
    at += 4;
    out.push(size === 0xffffffff ? null : stdout.subarray(at, at += size));
  }
  assert.equal(out.length, pairs.length);
  return out;
}

/** Numbers below a limit, the same in each run. */
function numbers(seed) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

const below = numbers(1);

const noise = (size, kinds) => Buffer.from(Array.from({length: size}, () => below(kinds)));

/** Some of `base`, in pieces from anywhere, with noise between. */
function rearranged(base, kinds) {
  const parts = [];
  for (let i = below(8); i >= 0; --i) {
    const from = below(base.length + 1);
    parts.push(base.subarray(from, from + below(200)), noise(below(20), kinds));
  }
  return Buffer.concat(parts);
}

const of = (kinds) => Array.from({length: 400}, () => {
  const base = noise(below(600), kinds);
  return [base, rearranged(base, kinds)];
});

const players = (change) => JSON.stringify(Array.from({length: 60}, (_, id) => (
  {id, name: ['Zoë', '名前', '😀😁', 'Bob'][id % 4], x: id * 7 + (id % 9 === change ? 1 : 0)})));

const repeated = (text, times) => Buffer.from(text.repeat(times));

const PAIRS = {
  'bytes of any kind': of(256),
  'bytes of two kinds': of(2),
  'bytes of one kind': of(1),
  'a game': Array.from({length: 9}, (_, i) => (
    [Buffer.from(players(i)), Buffer.from(players(i + 1))])),
  'what repeats': [
    [repeated('a', 50_000), repeated('a', 40_000)],
    [repeated('a', 50_000), Buffer.concat([repeated('a', 25_000), repeated('b', 9), repeated('a', 25_000)])],
    [repeated('aaaaaaaaaaaaaaab', 3000), repeated('aaaaaaaaaaaaaaba', 3000)],
    [repeated('abc', 9000), repeated('acb', 9000)],
  ],
  'little or nothing': ['', 'a', 'fifteen bytes!!', 'sixteen bytes!!!', 'seventeen bytes!!']
    .flatMap((base) => ['', base, base + base, `x${base}`].map((target) => (
      [Buffer.from(base), Buffer.from(target)]))),
  'what is new': [[noise(3000, 256), noise(3000, 256)]],
};

describe('fossil-delta applies our deltas', () => {
  for (const [name, pairs] of Object.entries(PAIRS))
    test(`of ${name}`, () => {
      answers('bytes', pairs).forEach((delta, i) => {
        const [base, target] = pairs[i];
        if (!delta)
          return assert.ok(createDelta(base, target).length + 40 > target.length,
            `no delta for pair ${i}, where one of ${createDelta(base, target).length} `
            + `bytes makes ${target.length}`);
        assert.ok(delta.length < target.length);
        assert.ok(Buffer.from(applyDelta(base, delta)).equals(target), `pair ${i}`);
      });
    });

  test('which are about as small as its own', () => {
    for (const pairs of [PAIRS['bytes of any kind'], PAIRS['a game']]) {
      const ours = answers('bytes', pairs);
      const sum = (deltas) => deltas.reduce((all, x, i) => (
        all + Math.min(x?.length ?? Infinity, pairs[i][1].length)), 0);
      const theirs = pairs.map(([base, target]) => createDelta(base, target));
      assert.ok(sum(ours) <= 1.05 * sum(theirs), `${sum(ours)} and ${sum(theirs)} bytes`);
    }
  });

  test('which are text where they must be', () => {
    const pairs = PAIRS['a game'];
    const decoder = new TextDecoder('utf-8', {fatal: true});
    answers('text', pairs).forEach((delta, i) => {
      const [base, target] = pairs[i];
      const carried = Buffer.from(decoder.decode(delta));
      assert.ok(Buffer.from(applyDelta(base, carried)).equals(target), `pair ${i}`);
    });
  });
});

describe('we apply the deltas of fossil-delta', () => {
  for (const [name, pairs] of Object.entries(PAIRS))
    test(`of ${name}`, () => {
      const deltas = pairs.map(([base, target]) => [base, Buffer.from(createDelta(base, target))]);
      answers('apply', deltas).forEach((target, i) => {
        assert.ok(target?.equals(pairs[i][1]), `pair ${i}`);
      });
    });

  test('unless a byte of it is another', () => {
    const [base, target] = PAIRS['a game'][0];
    const delta = Buffer.from(createDelta(base, target));
    const damaged = Array.from(delta, (_, at) => {
      const copy = Buffer.from(delta);
      copy[at] ^= 1;
      return [base, copy];
    });
    for (const made of answers('apply', damaged))
      assert.ok(!made?.equals(target));
  });
});
