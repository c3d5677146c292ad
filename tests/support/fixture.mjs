// Nodes that live as long as a test file.
import assert from 'node:assert/strict';
import {after} from 'node:test';

import {disconnectAll} from './clients.mjs';
import {startNode} from './node.mjs';

/** Asserts that a node stops as it should: exit 0, and no sanitizer spoke. */
export async function stopsCleanly(node) {
  await endsCleanly(node, node.stop());
}

/** The same for a node that was told to stop. */
export async function endsCleanly(node, ended = node.ended) {
  const {status, signal} = await ended;
  assert.doesNotMatch(node.log, /Sanitizer|runtime error:/, node.log.slice(-8000));
  assert.deepEqual({status, signal}, {status: 0, signal: null},
    node.log.slice(-4000));
}

/** Starts a node for the tests of this file, and ends it after them. */
export async function testNode(more) {
  const node = await startNode(more);
  after(async () => {
    disconnectAll();
    await stopsCleanly(node);
  });
  return node;
}
