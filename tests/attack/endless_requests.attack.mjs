#!/usr/bin/env node
// Sends heads without end, blank lines, requests behind each other, and bodies
// that nobody asked for, without a key.
import {setTimeout as sleep} from 'node:timers/promises';

import {runAttack} from '../support/attack.mjs';
import {endless} from '../support/floods.mjs';

const body = 'POST /api/publish HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n';

await runAttack('requests without end', async ({http, internal}, seconds) => {
  for (const port of [http, internal]) {
    endless(port, 'GET / HTTP/1.1\r\nX-A: ', 'b', 4);
    endless(port, '', '\r\n', 4);
    endless(port, '', 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n', 4);
    endless(port, body, 'x', 4);
  }
  await sleep(1000 * seconds);
});
