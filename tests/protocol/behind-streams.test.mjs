// What a client sends on the socket of a stream behind its request is dropped,
// and ends the stream once it is too much.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {makeCertificates} from '../support/certificates.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {memberToken, offsetsOf, openReader, postRequest, streamRequests}
  from '../support/readers.mjs';

const MIB = 1 << 20;
const MOST_DROPPED = 64 * MIB;
// The kernels of both sides have these, beside what the node has dropped.
const MOST_BUFFERED = 32 * MIB;

const plain = await testNode({node: {lanes: 1}});
const {certificate, key} = makeCertificates();
const secure = await testNode(
  {node: {lanes: 1}, http: {tls_certificate: certificate, tls_key: key}});

/** Writes so much; resolves with how much went out, which is less if it ends. */
async function pour({socket}, bytes) {
  const part = Buffer.alloc(MIB, 'x');
  let written = 0;
  while (written < bytes && !socket.destroyed) {
    const went = await Promise.race([
      new Promise((resolve) => { socket.write(part, (error) => resolve(!error)); }),
      socket.gone.then(() => false)]);
    if (!went)
      break;
    written += part.length;
  }
  return written;
}

const cases = [
  ...Object.keys(streamRequests).map((transport) => ({transport, node: plain})),
  {transport: 'http_stream', node: secure, how: ' under TLS'},
];

for (const {transport, node, how = ''} of cases) {
  const clients = () => node.metric('centrifugo_node_num_clients');

  describe(`behind the request of ${transport}${how}`, () => {
    test('requests are not carried out, and what is none breaks nothing', async () => {
      const channel = `chat:behind-${transport}`;
      const victim = await openReader('http_stream', node, channel, {user: 'victim'});
      const {session} = victim.read().messages[0].connect;
      const behind = [
        streamRequests[transport](memberToken('second', channel)),
        postRequest('/emulation', JSON.stringify({node: node.name, session,
          data: JSON.stringify({id: 2, publish: {channel, data: 'smuggled'}})})),
        'GET /health HTTP/1.1\r\nHost: a\r\n\r\n',
        '\r\n\r\n{]\0\xff not HTTP at all',
      ].join('');
      const reader = await openReader(transport, node, channel, {behind});
      for (const part of [behind, behind.slice(0, 100), behind.slice(100)]) {
        reader.socket.write(part);
        const {offset} = await node.api('publish', {channel, data: 'news'});
        await reader.hears(offset);
      }
      assert.deepEqual(offsetsOf(reader.read()), [1, 2, 3]);
      assert.equal(reader.socket.received.toString().split('HTTP/1.1').length - 1, 1);
      const {presence} = await node.api('presence', {channel});
      assert.deepEqual(Object.values(presence).map(({user}) => user).sort(),
        [`reader-${transport}`, 'victim']);
      const {publications} = await node.api('history', {channel, limit: 10});
      assert.deepEqual(publications.map(({data}) => data), ['news', 'news', 'news']);
      reader.leave();
      victim.leave();
      await eventually(async () => await clients() === 0);
    });

    const skip = process.env.ASAN_OPTIONS && 'a sanitizer keeps what is freed';
    test('64 MiB are too much, and cost no memory', {skip}, async () => {
      const channel = `chat:poured-${transport}`;
      const reader = await openReader(transport, node, channel);
      const before = node.residentBytes;
      assert.equal(await pour(reader, MOST_DROPPED / 2), MOST_DROPPED / 2);
      const {offset} = await node.api('publish', {channel, data: 'half'});
      await reader.hears(offset);
      const more = await pour(reader, MOST_DROPPED + MOST_BUFFERED);
      const all = MOST_DROPPED / 2 + more;
      assert.ok(all >= MOST_DROPPED, `ended after ${all} bytes`);
      assert.ok(all < MOST_DROPPED + MOST_BUFFERED, `${all} bytes were taken`);
      await reader.socket.gone;
      await eventually(async () => await clients() === 0);
      const grown = node.residentBytes - before;
      assert.ok(grown < 4 * MIB, `grew by ${grown} bytes`);
    });
  });
}
