// Long polling through nginx that buffers what passes, as proxies do that break
// streams. It needs Debian's nginx-light (scripts/packages-tests.txt).
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, test} from 'node:test';

import {codecs, connect, makeClient, subscribe} from '../support/clients.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {temporaryFolder} from '../support/node.mjs';
import {connectPolling, PollingWebSocket} from '../support/polling.mjs';
import {freePort} from '../support/ports.mjs';

const node = await testNode({http: {trusted_proxies: ['127.0.0.1']}});
const url = await startNginx(node);

/** Starts an nginx in front of a node that knows no upgrade and buffers all. */
async function startNginx({ports}) {
  const port = await freePort();
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs'));
  const file = join(folder, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) =>
    `${kind}_temp_path ${folder}/${kind};`);
  writeFileSync(file, `
    daemon off;
    ${process.getuid() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log ${folder}/logs/error.log;
    events { worker_connections 256; }
    http {
      access_log off;
      ${paths.join('\n')}
      upstream roost { server 127.0.0.1:${ports.http}; keepalive 8; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://roost;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_buffering on;
          proxy_ignore_headers X-Accel-Buffering;
          proxy_read_timeout 30s;
        }
      }
    }`);
  const child = spawn('nginx', ['-p', folder, '-c', file, '-e', `${folder}/logs/error.log`],
    {stdio: ['ignore', 'ignore', 'inherit']});
  const failed = new Promise((_, reject) => { child.once('error', reject); });
  const ended = new Promise((resolve) => { child.once('close', resolve); });
  after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const there = eventually(async () =>
    (await fetch(`http://127.0.0.1:${port}/health/live`)).ok, {what: 'nginx'});
  await Promise.race([there, failed]);
  return `http://127.0.0.1:${port}`;
}

describe('behind a proxy that buffers', () => {
  for (const codec of codecs)
    test(`the ${codec.name} client gets and sends by long polling`, async () => {
      const channel = `chat:behind-nginx-${codec.name}`;
      const client = await connectPolling(node, {codec, url});
      const room = await subscribe(client, channel);
      const writer = await connect(node, {user: 'writer'});
      const other = await subscribe(writer, channel);
      for (let i = 0; i < 100; ++i)
        await (i % 2 ? room : other).publish(
          i % 2 ? codec.pack({i}) : {i});
      await eventually(() => room.seen.length >= 100 && other.seen.length >= 100);
      assert.deepEqual(room.seen.map(({data}) => codec.unpack(data).i),
        Array.from({length: 100}, (_, i) => i));
      writer.disconnect();
      client.disconnect();
      await eventually(async () =>
        (await node.api('presence_stats', {channel})).num_clients === 0);
    });

  test('a publication comes at once, while a poll waits', async () => {
    const channel = 'chat:behind-nginx-at-once';
    const client = await connectPolling(node, {url});
    const room = await subscribe(client, channel);
    for (let i = 0; i < 3; ++i) {
      const came = next(room, 'publication', 2000);
      await node.api('publish', {channel, data: i});
      assert.equal((await came).data, i);
    }
    client.disconnect();
  });

  test('a client with every entry finds that long polling gets through', async () => {
    const failures = [];
    const client = makeClient(node, {
      user: 'finder',
      websocket: PollingWebSocket,
      endpoints: [
        {transport: 'websocket', endpoint: `${url.replace('http', 'ws')}/connection/websocket`},
        {transport: 'http_stream', endpoint: `${url}/connection/http_stream`},
        {transport: 'sse', endpoint: `${url}/connection/sse`},
        {transport: 'websocket', endpoint: `${url}/connection/poll`},
      ],
      emulationEndpoint: `${url}/emulation`,
      timeout: 1000,
    });
    client.on('error', ({error}) => failures.push(error.message));
    const connected = next(client, 'connected', 30_000);
    client.connect();
    const {client: id} = await connected;
    assert.deepEqual(failures, ['transport closed', 'timeout', 'timeout']);
    // Nothing is left of the streams that nobody could read.
    await eventually(async () => {
      const {out} = await node.ctl('--json', 'connections', '--user', 'finder');
      const {connections} = JSON.parse(out);
      return connections.length === 1 && connections[0].client === id
        && connections[0].transport === 'poll';
    });
    client.disconnect();
  });

  test('the client is known by its own address', async () => {
    const client = await connectPolling(node, {url});
    const {connections} = JSON.parse((await node.ctl('--json', 'connections')).out);
    const [{remote_address: address}] = connections.filter((one) =>
      one.client === client.info.client);
    assert.match(address, /^127\.0\.0\.1/);
    client.disconnect();
  });
});
