// nginx and HAProxy as cluster-config/load-balancer has them: of the samples
// only ports, paths and times are changed.
import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {eventually, within} from './eventually.mjs';
import {temporaryFolder} from './node.mjs';
import {freePort} from './ports.mjs';

const samples = fileURLToPath(new URL('../../cluster-config/load-balancer/', import.meta.url));

/** What stands in the samples for 25 s between pings is this for 1 s. */
const TIMEOUT = '3s';

const running = new Set();
process.on('exit', () => {
  for (const child of running)
    child.kill('SIGTERM');
});

/** `text` with each [from, to]; what is not there is a mistake. */
function rewrite(text, changes) {
  for (const [from, to] of changes) {
    if (!text.includes(from))
      throw new Error(`the sample has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

/** A process that takes clients at a port, under TLS. */
class Balancer {
  constructor(name, port) {
    this.name = name;
    this.port = port;
    this.log = '';
  }

  get webSocketUrl() { return `wss://127.0.0.1:${this.port}/connection/websocket`; }
  get httpUrl() { return `https://127.0.0.1:${this.port}`; }

  async start(command, args) {
    const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']});
    running.add(child);
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => { this.log += text; });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => { running.delete(child); resolve(); });
    });
    const early = this.ended.then(() => { throw new Error(`${this.name} ended:\n${this.log}`); });
    await Promise.race([early, eventually(() => accepts(this.port), {what: this.name})]);
    early.catch(() => {});
    return this;
  }

  async stop() {
    this.child.kill('SIGTERM');
    await within(this.ended, 10_000, `the end of ${this.name}`);
  }
}

/** Ends of the lines of servers in both samples. */
const servers = ['10.0.0.21:8000', '10.0.0.22:8000', '10.0.0.23:8000'];

/** Starts nginx in front of three servers: "HOST:PORT" or "unix:PATH". */
export async function startNginx(addresses, certificates) {
  const folder = temporaryFolder();
  const port = await freePort();
  const site = join(folder, 'roost.conf');
  writeFileSync(site, rewrite(readFileSync(join(samples, 'nginx.conf'), 'utf8'), [
    ['    listen [::]:443 ssl http2;\n', ''],
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    ['/etc/nginx/tls/realtime.example.com.crt', certificates.certificate],
    ['/etc/nginx/tls/realtime.example.com.key', certificates.key],
    ['/etc/nginx/tls/internal-ca.crt', certificates.ca],
    ['75s', TIMEOUT],
    ...servers.map((server, i) => [`server ${server}`, `server ${addresses[i]}`]),
  ]));
  const file = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((what) => `  ${what}_temp_path ${folder}/${what};\n`).join('');
  writeFileSync(file, `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 2;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 2048; }
http {
  access_log off;
${temporary}  include ${site};
}
`);
  return new Balancer('nginx', port).start('nginx', ['-e', 'stderr', '-p', folder, '-c', file]);
}

/**
 * Starts HAProxy in front of three servers, {address, check}: "HOST:PORT" and
 * the port that says how the node is. `proxyProtocol`: as the sample says to
 * have that.
 */
export async function startHaproxy(nodes, certificates, {proxyProtocol = false} = {}) {
  const folder = temporaryFolder();
  const port = await freePort();
  const file = join(folder, 'haproxy.cfg');
  const more = proxyProtocol ? ' send-proxy-v2' : '';
  writeFileSync(file, rewrite(readFileSync(join(samples, 'haproxy.cfg'), 'utf8'), [
    ['maxconn 200000', 'maxconn 2000'],
    ['bind :443 ', `bind 127.0.0.1:${port} `],
    ['/etc/haproxy/tls/realtime.example.com.pem', certificates.bundle],
    ['/etc/haproxy/tls/internal-ca.crt', certificates.ca],
    ['75s', TIMEOUT],
    [' port 9000 ', ' '],
    ...(proxyProtocol ? [['    option forwardfor\n', '']] : []),
    ...servers.map((server, i) =>
      [server, `${nodes[i].address} port ${nodes[i].check}${more}`]),
  ]));
  return new Balancer('HAProxy', port).start('haproxy', ['-db', '-f', file]);
}
