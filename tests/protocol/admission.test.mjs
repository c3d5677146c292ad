// Who gets a socket: limits that hold from accept on, and descriptors that are
// kept for those who must get in.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {connect as connectTcp} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, test} from 'node:test';

import {eventually} from '../support/eventually.mjs';
import {stopsCleanly} from '../support/fixture.mjs';
import {makeNode} from '../support/node.mjs';

const health = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('descriptors', () => {
  test('that are gone are waited for, with one line in the log', async () => {
    const node = await makeNode('none');
    await node.start();
    const limit = (count) => execFileSync('prlimit',
      ['--pid', String(node.pid), `--nofile=${count}:`]);
    limit(10);
    const socket = connectTcp(node.ports.http, '127.0.0.1').on('error', () => {});
    socket.write(health);
    let answer = '';
    socket.on('data', (bytes) => { answer += bytes; });
    await eventually(() => node.log.includes('http.listen cannot accept'));
    await sleep(500); // in which it tries again
    assert.equal(answer, '');
    assert.equal(node.log.match(/http\.listen cannot accept/g).length, 1);
    limit(1000);
    await eventually(() => answer.startsWith('HTTP/1.1 200'));
    const pauses = await node.metric('roost_accept_pauses_total');
    assert.ok(pauses >= 2 && pauses < 20, `${pauses} pauses`);
    socket.destroy();
    await stopsCleanly(node);
  });
});
