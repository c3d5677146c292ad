#!/usr/bin/env node
// Wants every descriptor of a node that has few, and more: connections that are
// kept, upgrades without a connect, and heads that have no end. Backends and
// health checks, each on a new connection, are answered throughout.
import assert from 'node:assert/strict';
import {request} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';

import {runAttack} from '../support/attack.mjs';
import {API_KEY} from '../support/config.mjs';
import {hoard} from '../support/floods.mjs';
import {upgradeRequest} from '../support/frames.mjs';

const DESCRIPTORS = 1024;

/** The status of a request on a connection of its own. */
function ask(port, method, path) {
  return new Promise((resolve, reject) => {
    request({port, method, path, host: '127.0.0.1', agent: false, timeout: 2000,
      headers: {'X-API-Key': API_KEY}}, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    }).once('error', reject)
      .once('timeout', () => reject(new Error(`${path} takes 2 s`)))
      .end(method === 'POST' ? '{}' : '');
  });
}

await runAttack('descriptors that are held idle', async ({http}, seconds) => {
  hoard(http, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n', DESCRIPTORS);
  hoard(http, upgradeRequest(http), DESCRIPTORS);
  hoard(http, `GET / HTTP/1.1\r\nX-A: ${'b'.repeat(8000)}`, DESCRIPTORS);
  await sleep(1000 * seconds);
}, {
  descriptors: DESCRIPTORS,
  throughout: async ({ports: {internal}}) => {
    assert.equal(await ask(internal, 'GET', '/health'), 200);
    assert.equal(await ask(internal, 'GET', '/metrics'), 200);
    assert.equal(await ask(internal, 'POST', '/api/info'), 200);
  },
});
