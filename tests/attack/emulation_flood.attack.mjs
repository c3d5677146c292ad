#!/usr/bin/env node
// Posts commands for sessions that are not there, and bodies that are too long,
// from many sockets that wait for no answer.
import {setTimeout as sleep} from 'node:timers/promises';

import {runAttack} from '../support/attack.mjs';
import {endless} from '../support/floods.mjs';

const request = (body) => 'POST /emulation HTTP/1.1\r\nHost: a\r\n'
  + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const emulated = (node, bytes) => request(JSON.stringify({node,
  session: '00000000-0000-4000-8000-000000000000', data: 'x'.repeat(bytes)}));

await runAttack('commands for nobody', async ({http}, seconds) => {
  for (const bytes of [10, 60_000, 70_000])
    for (const node of ['node-1', 'nowhere'])
      endless(http, '', emulated(node, bytes), 4);
  await sleep(1000 * seconds);
});
