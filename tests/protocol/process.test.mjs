// The process: its commands, what it shows to the outside, and how it ends.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {describe, test} from 'node:test';

import {connect, connectWire, subscribe} from '../support/clients.mjs';
import {nodeConfig} from '../support/config.mjs';
import {eventually, next} from '../support/eventually.mjs';
import {endsCleanly, testNode} from '../support/fixture.mjs';
import {makeNode, roost, startNode, temporaryFolder} from '../support/node.mjs';
import {freePort} from '../support/ports.mjs';
import {toToml} from '../support/toml.mjs';
import {SECRET} from '../support/tokens.mjs';

const node = await testNode({http: {demo_page: true}, log: {format: 'json'}});
const folder = temporaryFolder();

/** Writes a configuration; resolves with the path. */
function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('roost check-config', () => {
  const refused = {
    'an unknown key': ['[http]\nlissten = "127.0.0.1:1"\n', 2, 'lissten'],
    'an unknown section': ['[htttp]\nlisten = "127.0.0.1:1"\n', 1, 'htttp'],
    'a wrong type': ['[client]\n\nchannel_limit = "many"\n', 3, 'channel_limit'],
    'a duration without a unit': ['[client]\nping_interval = 25\n', 2, 'ping_interval'],
    'a value out of range': ['[http]\nlisten = "127.0.0.1:99999"\n', 2, 'listen'],
    'a pong timeout above the ping interval':
      ['[client]\nping_interval = "5s"\npong_timeout = "6s"\n', 3, 'pong_timeout'],
    'a certificate that is not there': [
      '[http]\ntls_certificate = "/nowhere.pem"\ntls_key = "/nowhere.key"\n', 2,
      'tls_certificate'],
    'two namespaces of one name': [
      '[[channel.namespaces]]\nname = "aa"\n[[channel.namespaces]]\nname = "aa"\n', 4, 'name'],
    'what is no TOML': ['[http\n', 1, ''],
  };
  for (const [what, [text, line, key]] of Object.entries(refused)) {
    test(`refuses ${what} in one line and with status 2`, async () => {
      const path = file('bad.toml', text);
      for (const args of [['check-config', path], ['node', '--config', path]]) {
        const {status, out, err} = await roost(args);
        assert.equal(status, 2, err);
        assert.equal(out, '');
        assert.equal(err.trimEnd().split('\n').length, 1, err);
        assert.ok(err.includes(`${path}:${line}`), err);
        assert.ok(err.includes(key), err);
      }
    });
  }

  test('refuses a file that is not there', async () => {
    const {status, err} = await roost(['check-config', join(folder, 'none.toml')]);
    assert.equal(status, 2);
    assert.match(err, /none\.toml/);
  });

  test('accepts what roost default-config prints', async () => {
    const {status, out} = await roost(['default-config']);
    assert.equal(status, 0);
    assert.match(out, /ping_interval/);
    assert.equal((await roost(['check-config', file('default.toml', out)])).status, 0);
  });

  test('lets the environment override any key', async () => {
    const path = file('env.toml', toToml(nodeConfig('env', {http: 8000, internal: 9000})));
    const env = {ROOST_CLIENT_PING_INTERVAL: 'soon'};
    const {status, err} = await roost(['check-config', path], {env});
    assert.equal(status, 2);
    assert.match(err, /ROOST_CLIENT_PING_INTERVAL/);
    assert.equal((await roost(['check-config', path],
      {env: {ROOST_CLIENT_PING_INTERVAL: '20s'}})).status, 0);
  });

  test('never shows a secret', async () => {
    const secret = 'shhh-this-is-a-secret';
    const {err} = await roost(['check-config',
      file('secret.toml', `[api]\nkey = ["${secret}"]\n`)]);
    assert.doesNotMatch(err, new RegExp(secret));
  });
});

describe('what may pass by itself at start', () => {
  /** Ends with status 1 and one line; resolves with the line. */
  async function mayPass(made) {
    const {status, out, err} = await roost(['node', '--config', made.file]);
    assert.equal(status, 1, err + out);
    const said = err.trimEnd().split('\n').filter((line) => line.startsWith('roost: '));
    assert.equal(said.length, 1, err);
    return said[0];
  }

  async function inUse() {
    const other = createServer().listen(0, '127.0.0.1');
    await next(other, 'listening');
    return {listen: `127.0.0.1:${other.address().port}`, close: () => other.close()};
  }

  test('is status 1: an address in use', async () => {
    for (const section of ['http', 'internal']) {
      const {listen, close} = await inUse();
      const line = await mayPass(await makeNode('busy', {[section]: {listen}}));
      close();
      assert.ok(line.includes(listen), line);
    }
  });

  test('is status 1: an address of another machine, a name that is not known', async () => {
    for (const listen of ['192.0.2.1:8000', 'nowhere.invalid:8000']) {
      const line = await mayPass(await makeNode('away', {http: {listen}}));
      assert.ok(line.includes(listen), line);
    }
  });

  const clustered = (listen, more = {}) => ({cluster: {listen, coordinators: [listen],
    secret: 'sixteen bytes or more', ...more}});

  test('is status 1 for the address between nodes, too', async () => {
    const {listen, close} = await inUse();
    const line = await mayPass(await makeNode('busy', clustered(listen)));
    close();
    assert.match(line, /cannot be bound: Address already in use$/);
  });

  test('is status 1: a data_dir that another process holds', async () => {
    const data_dir = temporaryFolder();
    const address = async () => `127.0.0.1:${await freePort()}`;
    const holder = await makeNode('holder', clustered(await address(), {data_dir}));
    await holder.start();
    const line = await mayPass(await makeNode('late', clustered(await address(), {data_dir})));
    assert.match(line, /cluster\.data_dir: .* is in use by another process$/);
    holder.signal('SIGTERM');
    await endsCleanly(holder);
  });
});

describe('roost', () => {
  test('tells what it knows, and refuses what it does not', async () => {
    const help = await roost(['--help']);
    assert.equal(help.status, 0);
    for (const command of ['node', 'check-config', 'default-config', 'token', 'ctl'])
      assert.match(help.out, new RegExp(`\\b${command}\\b`));
    assert.equal((await roost(['--version'])).status, 0);
    const wrong = await roost(['fly']);
    assert.notEqual(wrong.status, 0);
    assert.match(wrong.err, /fly/);
  });

  const mistyped = {
    'nod': ["roost: there is no command 'nod'", 'node'],
    '--verison': ["roost: there is no option '--verison'", '--version'],
    'node --confg x': ["roost node: there is no option '--confg'", '--config'],
    'ctl': ['roost ctl: a command is missing', 'connections'],
    'ctl conections': ["roost ctl: there is no command 'conections'", 'connections'],
    'ctl disconnect --cde': ["roost ctl disconnect: there is no option '--cde'", '--code'],
    'ctl nodes --jsn': ["roost ctl nodes: there is no option '--jsn'", '--json'],
    'ctl nodes x': ["roost ctl nodes: 'x' is one argument too many", ''],
  };
  for (const [line, [named, allowed]] of Object.entries(mistyped))
    test(`${line}: names what is mistyped and what is allowed, with status 2`, async () => {
      const {status, out, err} = await roost(line.split(' '));
      assert.equal(status, 2, err);
      assert.equal(out, '');
      assert.equal(err.trimEnd().split('\n').length, 1, err);
      assert.ok(err.startsWith(named), err);
      assert.ok(err.slice(named.length).includes(allowed), err);
    });

  test('token makes a token that a node accepts', async () => {
    const {status, out, err} = await roost(
      ['token', '--config', node.file, '--user', 'maker']);
    assert.equal(status, 0, err);
    const jwt = out.trim();
    assert.match(jwt, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.doesNotMatch(out, new RegExp(SECRET));
    const wire = await connectWire(node, {connect: {token: jwt}});
    assert.ok(wire.connected.connect.client);
  });
});

describe('from the outside', () => {
  test('/health tells live and ready apart', async () => {
    const get = async (path) => (await fetch(node.internalUrl + path)).status;
    assert.equal(await get('/health'), 200);
    assert.equal(await get('/health/live'), 200);
    assert.equal(await get('/health/ready'), 200);
  });

  test('/metrics has the names that dashboards of Centrifugo use', async () => {
    const wire = await connectWire(node, {user: 'measured'});
    await wire.ask({subscribe: {channel: 'chat:measured'}});
    await wire.ask({publish: {channel: 'chat:measured', data: 1}});
    const answer = await fetch(`${node.internalUrl}/metrics`);
    assert.match(answer.headers.get('content-type'), /^text\/plain/);
    const text = await answer.text();
    for (const name of ['centrifugo_node_num_clients', 'centrifugo_node_num_users',
      'centrifugo_node_num_subscriptions', 'centrifugo_node_num_channels',
      'centrifugo_node_messages_sent_count', 'centrifugo_node_messages_received_count',
      'centrifugo_client_num_server_disconnects', 'centrifugo_client_command_duration_seconds',
      'centrifugo_transport_messages_sent', 'centrifugo_node_build'])
      assert.match(text, new RegExp(`^${name}[ {_]`, 'm'), name);
    assert.match(text, /^roost_\w+/m);
    for (const name of ['roost_shard_pause_seconds', 'roost_replication_records_in_flight',
      'roost_copies', 'roost_copy_bytes', 'roost_replication_errors_total',
      'roost_replication_refused_total', 'roost_copies_lost_total', 'roost_shards_home',
      'roost_shards_without_home', 'roost_shards_lacking_copies', 'roost_coordinator_leads',
      'roost_coordinator_term'])
      assert.match(text, new RegExp(`^# HELP ${name} .`, 'm'), name);
    // It decides for itself, and there is no other node for copies.
    assert.equal(await node.metric('roost_coordinator_leads'), 1);
    assert.equal(await node.metric('roost_shards_lacking_copies'), 0);
    assert.ok(await node.metric('roost_shards_home') > 0);
    assert.ok(await node.metric('centrifugo_node_num_clients') >= 1);
    for (const line of text.split('\n').filter((other) => other && !other.startsWith('#')))
      assert.match(line, /^[a-z_:]+[a-z0-9_:]*(\{.*\})? (NaN|[-+]?Inf|[-+\d.e]+)( \d+)?$/i);
  });

  test('the log is JSON that names node, connection, user and room', async () => {
    const wire = await connectWire(node, {user: 'logged'});
    await wire.ask({subscribe: {channel: 'chat:logged'}});
    const {client} = wire.connected.connect;
    await eventually(() => node.log.includes('chat:logged'));
    const lines = node.log.trim().split('\n').filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    assert.ok(lines.length > 0);
    assert.ok(lines.every(({node: name}) => name === 'node-1'));
    const joined = JSON.stringify(lines.filter((line) =>
      JSON.stringify(line).includes('chat:logged')));
    for (const part of [client, 'logged', 'chat:logged'])
      assert.ok(joined.includes(part), `${part} in ${joined}`);
  });

  test('the demo page and its files are there, where the file says so', async () => {
    for (const [path, type] of [['/', 'text/html'], ['/demo.js', 'text/javascript'],
      ['/demo.css', 'text/css'], ['/centrifuge.js', 'text/javascript']]) {
      const answer = await fetch(node.httpUrl + path);
      assert.equal(answer.status, 200, path);
      assert.ok(answer.headers.get('content-type').startsWith(type), path);
      assert.ok((await answer.text()).length > 100, path);
    }
  });
});

describe('a signal or a stream that is not meant for a node', () => {
  test('SIGHUP, SIGUSR1 and SIGUSR2 are ignored with a line in the log', async () => {
    const staying = await startNode();
    for (const [signal, said] of [['SIGHUP', 'Hangup'],
      ['SIGUSR1', 'User defined signal 1'], ['SIGUSR2', 'User defined signal 2']]) {
      staying.signal(signal);
      await eventually(() => staying.log.includes(`ignores a signal: ${said}`));
    }
    for (const signal of ['SIGPIPE', 'SIGXFSZ'])
      staying.signal(signal);
    assert.equal((await staying.health()).ready, true);
    staying.signal('SIGTERM');
    await endsCleanly(staying);
  });

  test('a closed standard error ends nothing', async () => {
    const mute = await startNode();
    mute.child.stderr.destroy();
    for (let i = 0; i < 3; ++i) {
      const wire = await connectWire(mute);
      await wire.ask({subscribe: {channel: 'chat:mute'}});
    }
    mute.signal('SIGHUP'); // which is a line, too
    assert.equal((await mute.health()).ready, true);
    mute.signal('SIGTERM');
    await endsCleanly(mute);
  });

  test('SIGQUIT ends the node at once', async () => {
    const node = await startNode();
    node.signal('SIGQUIT');
    assert.equal((await node.ended).signal, 'SIGQUIT');
  });

  test('a line that repeats itself is counted in the log', async () => {
    const noisy = await startNode();
    await eventually(() => {
      noisy.signal('SIGHUP');
      return /Hangup … repeated \d+ times\n/.test(noisy.log);
    }, {withinMs: 30_000});
    // Said once in 10 s, whatever came.
    assert.ok(noisy.log.split('Hangup').length <= 6, noisy.log);
    noisy.signal('SIGTERM');
    await endsCleanly(noisy);
  });
});

describe('what a client sent', () => {
  const user = 'eve\nforged: line\u001b[2J\u2028\u202e';
  const escaped = 'eve\\nforged: line\\x1b[2J\\xe2\\x80\\xa8\\xe2\\x80\\xae';

  test('is on one line of a log of text, escaped', async () => {
    const text = await startNode();
    const wire = await connectWire(text, {user});
    await wire.ask({subscribe: {channel: 'chat:eve'}});
    await eventually(() => text.log.includes('forged'));
    assert.doesNotMatch(text.log, /^forged|[\u001b\u2028\u202e]/m);
    assert.ok(text.log.includes(escaped), text.log);
    text.signal('SIGTERM');
    await endsCleanly(text);
  });

  test('is in a log of JSON as that text', async () => {
    const wire = await connectWire(node, {user});
    await wire.ask({subscribe: {channel: 'chat:eve'}});
    await eventually(() => node.log.includes('forged'));
    const lines = node.log.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.some(({message}) => message.includes(escaped)), node.log);
  });
});

describe('SIGTERM', () => {
  test('tells clients 3001, over the time of the file, and exits 0', async () => {
    const stopping = await startNode({shutdown: {spread: '1s'}});
    const client = await connect(stopping);
    await subscribe(client, 'chat:stop');
    const wires = await Promise.all(
      Array.from({length: 20}, (_, i) => connectWire(stopping, {user: `u${i}`})));
    const connecting = next(client, 'connecting');
    const ends = wires.map(async (wire) => ({...await wire.end(), at: Date.now()}));
    stopping.signal('SIGTERM');
    assert.equal((await connecting).code, 3001);
    client.disconnect();
    const all = await Promise.all(ends);
    assert.deepEqual(new Set(all.map(({code}) => code)), new Set([3001]));
    assert.deepEqual(new Set(all.map(({reason}) => reason)), new Set(['shutdown']));
    const times = all.map(({at}) => at);
    assert.ok(Math.max(...times) - Math.min(...times) > 500, 'spread over time');
    await endsCleanly(stopping);
  });

  test('makes the node not ready, but live, while it ends', async () => {
    const stopping = await startNode({shutdown: {spread: '3s'}});
    await connectWire(stopping);
    await connectWire(stopping);
    stopping.signal('SIGTERM');
    await eventually(async () =>
      (await fetch(`${stopping.internalUrl}/health/ready`)).status === 503);
    assert.equal((await fetch(`${stopping.internalUrl}/health/live`)).status, 200);
    await endsCleanly(stopping);
  });

  test('a second time ends the node at once', async () => {
    const stopping = await startNode({shutdown: {spread: '60s', timeout: '60s'}});
    await Promise.all([connectWire(stopping), connectWire(stopping)]);
    stopping.signal('SIGTERM');
    await eventually(async () => !(await stopping.health()).ready);
    const start = Date.now();
    stopping.signal('SIGTERM');
    await stopping.ended;
    assert.ok(Date.now() - start < 5000);
  });
});
