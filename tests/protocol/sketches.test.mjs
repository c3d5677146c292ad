// What docs/transports.md shows for clients without SDK works as it stands there.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

import WebSocket from 'ws';

import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {userToken} from '../support/tokens.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const page = readFileSync(join(root, 'docs/transports.md'), 'utf8');

/** The block of this language that has `what` in it. */
function sketch(language, what) {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))]
    .map(([, text]) => text).filter((text) => text.includes(what));
  assert.equal(blocks.length, 1, `${language} with ${what}`);
  return blocks[0];
}

const node = await testNode();
const python = spawnSync('python3', ['--version']).status === 0;

test('the sketch for MicroPython hears publications and its end',
  {skip: !python && 'no python3'}, async () => {
    const token = userToken('device', {channels: ['device']});
    const program = `${sketch('python', 'uni_http_stream')}
end = listen("127.0.0.1", ${node.ports.http}, "${token}",
             lambda channel, pub: print(channel, json.dumps(pub["data"]), flush=True))
print("end", end, flush=True)
`;
    const child = spawn('python3', ['-c', program], {stdio: ['ignore', 'pipe', 'inherit']});
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { said += text; });
    await eventually(async () => {
      await node.api('publish', {channel: 'device', data: {x: 1}});
      return said.includes('device {"x": 1}\n');
    });
    await node.api('disconnect', {user: 'device', disconnect: {code: 4501, reason: 'out'}});
    await eventually(() => said.endsWith('end 4501\n'));
    await next(child, 'close').catch(() => {});
  });

test('the sketch for a WebSocket hears publications', async () => {
  const heard = [];
  const text = sketch('js', 'uni_websocket')
    .replace('wss://rt.example.com', `ws://127.0.0.1:${node.ports.http}`);
  const run = new Function('WebSocket', 'token', 'show', 'console', `${text}\nreturn socket;`);
  const socket = run(WebSocket, userToken('page', {channels: ['page']}),
    (channel, data) => heard.push({channel, data}), {log: () => {}});
  await eventually(async () => {
    await node.api('publish', {channel: 'page', data: {x: 1}});
    return heard.length > 0;
  });
  assert.deepEqual(heard[0], {channel: 'page', data: {x: 1}});
  socket.close();
});
