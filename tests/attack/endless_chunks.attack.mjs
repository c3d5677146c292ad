#!/usr/bin/env node
// Sends bodies in chunks that have no end: sizes, extensions, and fields behind
// the last chunk, at the public address and, with the key, at the internal one.
import {setTimeout as sleep} from 'node:timers/promises';

import {runAttack} from '../support/attack.mjs';
import {API_KEY} from '../support/config.mjs';
import {endless} from '../support/floods.mjs';

const head = 'POST /api/publish HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n'
  + `X-API-Key: ${API_KEY}\r\n\r\n`;

await runAttack('chunks without end', async ({http, internal}, seconds) => {
  for (const port of [http, internal]) {
    endless(port, head, '0', 4); // a size
    endless(port, `${head}1;a=`, 'b', 4); // an extension
    endless(port, head, `1;a=${'b'.repeat(4000)}\r\nx\r\n`, 4); // extensions
    endless(port, `${head}0\r\n`, 'X-A: b\r\n', 4); // fields at the end
    endless(port, `${head}0\r\nX-A: `, 'b', 4); // a field at the end
  }
  await sleep(1000 * seconds);
});
