// Attacks on the port between nodes, while clients talk.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {connect, subscribe} from '../support/clients.mjs';
import {testCluster} from '../support/cluster.mjs';
import {eventually, within} from '../support/eventually.mjs';
import {openTcp} from '../support/frames.mjs';

const cluster = await testCluster(3);
const [one, two, three] = cluster.nodes;
const script = fileURLToPath(new URL('../attack/attack_peer_port.mjs', import.meta.url));

/** Lets two clients on two nodes talk until `done`; all must arrive. */
async function talk(done) {
  const channel = `chat:under-attack-${Math.random()}`;
  const speaker = await subscribe(await connect(two), channel);
  const listener = await subscribe(await connect(three), channel);
  const changes = [];
  listener.on('state', ({newState}) => changes.push(newState));
  let sent = 0;
  let going = true;
  done.finally(() => { going = false; }).catch(() => {});
  while (going)
    await speaker.publish({n: ++sent});
  await eventually(() => listener.seen.length === sent);
  assert.deepEqual(listener.seen.map(({data}) => data.n),
    Array.from({length: sent}, (_, i) => i + 1));
  assert.deepEqual(changes, []);
  return sent;
}

describe('on the port between nodes', () => {
  test('every known attack costs nothing and stops nothing', async () => {
    const pids = cluster.nodes.map(({pid}) => pid);
    for (const node of cluster.nodes) {
      const attack = spawn(process.execPath, [script, String(node.ports.cluster),
        '--cluster', 'tests', '--node', 'node-9'], {stdio: ['ignore', 'pipe', 'pipe']});
      let said = '';
      for (const stream of [attack.stdout, attack.stderr])
        stream.on('data', (text) => { said += text; });
      const ended = once(attack, 'close').then(([status]) => status);
      await talk(within(ended, 120_000, 'the end of the attack'));
      assert.equal(await ended, 0, said);
    }
    assert.ok(cluster.nodes.every(({alive}) => alive));
    assert.deepEqual(cluster.nodes.map(({pid}) => pid), pids);
    await cluster.settled();
  });

  test('idle and half-open sockets are closed', async () => {
    const sockets = await Promise.all(
      Array.from({length: 100}, () => openTcp(one.ports.cluster)));
    for (const socket of sockets.slice(50))
      socket.write(Buffer.from([0, 0, 0]));
    await talk(within(Promise.all(sockets.map(({gone}) => gone)), 30_000,
      'the end of 100 idle sockets'));
  });
});
