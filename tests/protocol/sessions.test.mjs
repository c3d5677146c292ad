// Whose a session is: who knows its name. docs/security.md, "Pages and sessions".
import assert from 'node:assert/strict';
import {request as httpRequest} from 'node:http';
import {describe, test} from 'node:test';

import {connectWire} from '../support/clients.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {connectSession} from '../support/polling.mjs';
import {openReader} from '../support/readers.mjs';
import {userToken} from '../support/tokens.mjs';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const OTHER_UUID = '00000000-0000-4000-8000-000000000000';

const node = await testNode({client: {token: {cookie: 'roost'}}});

/** Somebody else: another address, and another user by all that could say so. */
const stranger = {
  localAddress: '127.0.0.2',
  headers: {cookie: `roost=${userToken('mallory')}`,
    authorization: `Bearer ${userToken('mallory')}`},
};
const nobody = {localAddress: '127.0.0.3', headers: {}};

/** A POST; resolves with {status, text}. */
function post(path, body, who) {
  return new Promise((resolve, reject) => {
    const request = httpRequest({host: '127.0.0.1', port: node.ports.http, path,
      method: 'POST', ...who}, async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8'))
        text += part;
      resolve({status: response.statusCode, text});
    });
    request.on('error', reject).end(body);
  });
}

const lines = (...all) => all.map((one) => JSON.stringify(one)).join('\n');

const emulate = (session, commands, who = stranger) =>
  post('/emulation', lines({node: node.name, session, data: lines(...commands)}), who);

const poll = (ids, what, commands = [], who = stranger) =>
  post('/connection/poll', `${lines({...ids, ...what})}\n${lines(...commands)}`, who);

/** A stream of alice; `session` and `client` are what its connect was told. */
async function openStream(channel) {
  const stream = await openReader('http_stream', node, channel, {user: 'alice'});
  return {...stream, ...stream.read().messages[0].connect,
    reply: (id) => eventually(() => stream.read().messages.find((one) => one.id === id))};
}

/** What anybody else is shown. */
async function shown(channel) {
  const watch = await connectWire(node, {user: 'watch'});
  await watch.ask({subscribe: {channel}});
  const {presence} = await watch.ask({presence: {channel}});
  watch.disconnect();
  return JSON.stringify([presence, await node.api('presence', {channel}),
    (await node.ctl('--json', 'connections')).out, node.log]);
}

describe('the session of a stream', () => {
  test('is a secret of its own, which nobody else is shown', async () => {
    const channel = 'chat:sessions-secret';
    const one = await openStream(channel);
    const two = await openStream(channel);
    for (const {session} of [one, two])
      assert.match(session, UUID);
    assert.equal(new Set([one.session, two.session, one.client, two.client]).size, 4);
    const seen = await shown(channel);
    assert.ok(seen.includes(one.client)); // it was looked at
    assert.ok(!seen.includes(one.session));
    one.leave();
    two.leave();
  });

  test('is not told to who needs none', async () => {
    for (const transport of ['websocket', 'uni_websocket', 'uni_http_stream', 'uni_sse']) {
      const reader = await openReader(transport, node, 'chat:sessions-none');
      const [first] = reader.read().messages;
      const {client, session} = (first.push ?? first).connect ?? first.connect;
      assert.match(client, UUID);
      assert.equal(session, undefined, transport);
      reader.leave();
    }
  });

  test('that is wrong is not there', async () => {
    const {session, client, leave} = await openStream('chat:sessions-wrong');
    const polled = await connectSession(node);
    for (const wrong of [OTHER_UUID, client, session.toUpperCase().replace(/^./, 'X'),
      session.slice(1), `${session}0`, ` ${session}`, polled.ids.session])
      for (const who of [stranger, nobody, {}])
        assert.equal((await emulate(wrong, [{}], who)).status, 404, wrong);
    assert.equal((await emulate('', [{}])).status, 400);
    leave();
    await polled.close();
  });

  test('is enough for whoever has it: he sends as its user, and reads nothing', async () => {
    const channel = 'chat:sessions-known';
    const alice = await openStream(channel);
    let id = 1;
    for (const who of [stranger, nobody, {}]) {
      ++id;
      assert.deepEqual(await emulate(alice.session, [{id, publish: {channel, data: id}},
        {id: 100 + id, history: {channel, limit: 10}}], who), {status: 204, text: ''});
      const {history} = await alice.reply(100 + id);
      assert.equal(history.publications.at(-1).info.user, 'alice');
      assert.equal(history.publications.length, id - 1);
    }
    alice.leave();
  });

  test('gives him no more than its user may', async () => {
    const alice = await openStream('mute:sessions-rights');
    assert.equal((await emulate(alice.session,
      [{id: 2, publish: {channel: 'mute:sessions-rights', data: 1}}])).status, 204);
    assert.equal((await alice.reply(2)).error.code, 103);
    alice.leave();
  });

  test('does not become that of another user', async () => {
    const channel = 'chat:sessions-taken';
    const alice = await openStream(channel);
    assert.equal((await emulate(alice.session,
      [{id: 2, connect: {token: userToken('mallory')}}])).status, 204);
    assert.equal((await alice.rest()).end.code, 3501);
    const {connections} = JSON.parse((await node.ctl('--json', 'connections',
      '--user', 'mallory')).out);
    assert.deepEqual(connections ?? [], []);
  });

  test('is not for pages of other hosts', async () => {
    const channel = 'chat:sessions-page';
    const alice = await openStream(channel);
    assert.equal((await emulate(alice.session, [{id: 2, publish: {channel, data: 1}}],
      {headers: {origin: 'https://evil.example'}})).status, 403);
    assert.equal((await node.api('history', {channel})).offset, 0);
    alice.leave();
  });

  test('is gone with the stream', async () => {
    const {session, leave} = await openStream('chat:sessions-gone');
    leave();
    await eventually(async () => (await emulate(session, [{}])).status === 404);
  });
});

describe('the session of long polling', () => {
  test('is a secret of its own, which nobody else is shown', async () => {
    const session = await connectSession(node);
    const channel = 'chat:sessions-polled-secret';
    await session.send({id: 2, subscribe: {channel}});
    await session.until(({id}) => id === 2);
    const [, secret] = session.ids.session.split('.');
    assert.match(secret, UUID);
    assert.notEqual(secret, session.connected.client);
    const seen = await shown(channel);
    assert.ok(seen.includes(session.connected.client));
    assert.ok(!seen.includes(secret));
    await session.close();
  });

  test('that is wrong is not there', async () => {
    const session = await connectSession(node);
    const stream = await openStream('chat:sessions-polled-wrong');
    const [lane, secret] = session.ids.session.split('.');
    for (const wrong of [`${lane}.${OTHER_UUID}`, `${1 - lane}.${secret}`, secret,
      `${session.ids.session}0`, session.ids.session.slice(0, -1),
      `${lane}.${session.connected.client}`, stream.session, `${lane}.${stream.session}`])
      for (const [what, commands] of [[{poll: 1}, []], [{send: 2}, [{}]], [{close: true}, []]]) {
        const ids = {node: node.name, session: wrong};
        assert.equal((await poll(ids, what, commands)).status, 404, wrong);
      }
    stream.leave();
    await session.close();
  });

  test('is enough for whoever has it: he sends, reads and ends as its user', async () => {
    const channel = 'chat:sessions-polled-known';
    const {ids, number, sent, connected} = await connectSession(node, 'alice');
    let at = 0;
    for (const who of [stranger, nobody, {}]) {
      ++at;
      assert.equal((await poll(ids, {send: sent + at},
        [{id: 10 + at, presence_stats: {channel}}, {id: 20 + at, rpc: {method: 'nothing'}}],
        who)).status, 204);
      const {status, text} = await poll(ids, {poll: number + at}, [], who);
      assert.equal(status, 200);
      assert.match(text, new RegExp(`"id":${10 + at}`));
    }
    const {connections} = JSON.parse((await node.ctl('--json', 'connections')).out);
    assert.equal(connections.find(({client}) => client === connected.client).user, 'alice');
    assert.equal((await poll(ids, {close: true})).status, 204);
    assert.equal((await poll(ids, {poll: number + at + 1})).status, 404);
  });

  test('is not for pages of other hosts', async () => {
    const session = await connectSession(node);
    for (const [what, commands] of [[{poll: 2}, []], [{send: 2}, [{}]], [{close: true}, []]])
      assert.equal((await poll(session.ids, what, commands,
        {headers: {origin: 'https://evil.example'}})).status, 403);
    assert.equal((await session.close()).status, 204); // it is there still
  });
});
