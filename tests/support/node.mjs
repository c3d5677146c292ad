// Starts and stops real nodes. Whatever a test leaves running is killed when
// its process ends.
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {ADMIN_KEY, API_KEY, nodeConfig} from './config.mjs';
import {eventually, within} from './eventually.mjs';
import {freePort} from './ports.mjs';
import {toToml} from './toml.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The binary under test. */
export const ROOST_BIN =
  process.env.TEST_ROOST_BIN ?? join(root, 'build/release/net/roost');

// A build with sanitizers takes several times as long for everything.
const START_MS = 20_000;
const STOP_MS = 20_000;

/** What a node inherits: not the keys that somebody set for another node. */
function environment(more) {
  const inherited = Object.entries(process.env)
    .filter(([name]) => !name.startsWith('ROOST_'));
  return {...Object.fromEntries(inherited), ...more};
}

const running = new Set();
const folders = new Set();

function cleanUp() {
  for (const child of running)
    child.kill('SIGKILL');
  for (const folder of folders)
    rmSync(folder, {recursive: true, force: true});
}
process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    cleanUp();
    process.exit(130);
  });
}

/** A folder that goes away with this process. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'roost-test-'));
  folders.add(folder);
  return folder;
}

/** Runs `roost` with these arguments; resolves with {status, out, err}. */
export function roost(args, {env = {}, withinMs = 20_000} = {}) {
  if (!existsSync(ROOST_BIN))
    throw new Error(`no binary at ${ROOST_BIN}: run scripts/build`);
  const child = spawn(ROOST_BIN, args, {env: environment(env)});
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { err += text; });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      running.delete(child);
      resolve({status, signal, out, err});
    });
  });
  return within(ended, withinMs, `the end of roost ${args.join(' ')}`)
    .finally(() => child.kill('SIGKILL'));
}

/** Where a section's listener is, which may have TLS. */
const urlOf = (section, port) =>
  `${section.tls_certificate ? 'https' : 'http'}://127.0.0.1:${port}`;

/** One process `roost node`. With TLS `ca` is who signed its certificate. */
export class Node {
  /** `config` is what nodeConfig makes. */
  constructor(config, ports) {
    this.config = config;
    this.ports = ports;
    this.name = config.node.name;
    this.log = '';
    this.file = join(temporaryFolder(), `${this.name}.toml`);
    this.rewrite(config);
  }

  /** Gives the node another file; it counts from the next start on. */
  rewrite(config) {
    this.config = config;
    writeFileSync(this.file, toToml(config));
  }

  get webSocketUrl() {
    return `${this.httpUrl.replace('http', 'ws')}/connection/websocket`;
  }
  get httpUrl() { return urlOf(this.config.http, this.ports.http); }
  get internalUrl() { return urlOf(this.config.internal, this.ports.internal); }
  get pid() { return this.child?.pid; }
  /** Memory that the process holds. */
  get residentBytes() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]);
  }
  get alive() {
    return this.child !== undefined && this.child.exitCode === null
      && this.child.signalCode === null;
  }

  /** What to run for `roost` with these arguments. */
  command(roost, args) { return [roost, args]; }

  /** Starts the process without waiting for it. */
  launch(env = {}) {
    if (!existsSync(ROOST_BIN))
      throw new Error(`no binary at ${ROOST_BIN}: run scripts/build`);
    const child = spawn(...this.command(ROOST_BIN, ['node', '--config', this.file]),
      {env: environment(env), stdio: ['ignore', 'pipe', 'pipe']});
    this.child = child;
    running.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => { this.log += text; });
    this.ended = new Promise((resolve) => {
      child.once('close', (status, signal) => {
        running.delete(child);
        resolve({status, signal});
      });
    });
    return this;
  }

  /** Starts the process and waits until it is ready. */
  async start(env) {
    this.launch(env);
    await this.ready();
    return this;
  }

  async ready() {
    await eventually(async () => {
      if (!this.alive)
        return true;
      const {ready, drained} = await this.health();
      return ready || drained;
    }, {withinMs: START_MS, what: `readiness of ${this.name}`}).catch((error) => {
      throw new Error(`${error.message}\n${this.log}`);
    });
    if (!this.alive)
      throw new Error(`${this.name} ended while it started:\n${this.log}`);
  }

  /** {status, ready, drained} as the node says it. */
  async health() {
    const answer = await fetch(`${this.internalUrl}/health`,
      {signal: AbortSignal.timeout(2000)});
    const text = await answer.text();
    return {status: answer.status, ready: answer.status === 200,
      drained: text.includes('"drained":true')};
  }

  /** Sends a signal: 'SIGSTOP', 'SIGCONT' ... */
  signal(name) { this.child.kill(name); }

  /** Kills it at once, as a crash would. */
  async kill() {
    if (!this.alive)
      return;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to stop; resolves with {status, signal}. */
  async stop() {
    if (!this.alive)
      return this.ended;
    this.child.kill('SIGTERM');
    try {
      return await within(this.ended, STOP_MS, `the stop of ${this.name}`);
    } catch (error) {
      await this.kill();
      throw new Error(`${error.message}\n${this.log.slice(-4000)}`);
    }
  }

  /** Calls a method of the server API; resolves with {status, body}. */
  async call(method, params = {}, {key = API_KEY, headers = {}} = {}) {
    const answer = await fetch(`${this.internalUrl}/api/${method}`, {
      method: 'POST',
      headers: {...(key && {'X-API-Key': key}), ...headers},
      body: typeof params === 'string' ? params : JSON.stringify(params),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await answer.text();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      body = text;
    }
    return {status: answer.status, body};
  }

  /** Calls a method and resolves with its result; throws what it refuses. */
  async api(method, params) {
    const {status, body} = await this.call(method, params);
    if (status !== 200 || body?.error) {
      throw Object.assign(
        new Error(`${method} on ${this.name}: ${status} ${JSON.stringify(body)}`),
        {status, ...body?.error});
    }
    return body.result ?? body;
  }

  /** Runs `roost ctl` against this node; resolves with {status, out, err}. */
  ctl(...args) {
    return roost(['ctl', '--address', this.internalUrl,
      ...(this.ca ? ['--ca', this.ca] : []), '--key', ADMIN_KEY, ...args]);
  }

  /** Value of a metric, summed over its label sets; undefined without it. */
  async metric(name, labels = '') {
    const answer = await fetch(`${this.internalUrl}/metrics`);
    const lines = (await answer.text()).split('\n').filter((line) =>
      (line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      && line.includes(labels));
    if (lines.length === 0)
      return undefined;
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}

/** Makes a node on free ports without starting it. */
export async function makeNode(name = 'node-1', more = {}) {
  const ports = {http: await freePort(), internal: await freePort()};
  return new Node(nodeConfig(name, ports, more), ports);
}

/** Starts a node that is a whole cluster. */
export async function startNode(more = {}) {
  const node = await makeNode('node-1', more);
  return node.start();
}
