// The server API: every method, by hand and by the npm client cent.js.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {CentClient} from 'cent.js';

import {connectWire} from '../support/clients.mjs';
import {API_KEY} from '../support/config.mjs';
import {eventually} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';

const node = await testNode();
const insecure = await testNode({api: {key: '', insecure: true}});
const keyless = await testNode({api: {key: ''}});
const cent = new CentClient({url: `${node.internalUrl}/api`, apiKey: API_KEY});

let rooms = 0;
const fresh = (namespace = 'chat') => `${namespace}:api-${++rooms}`;
const refusal = async (method, params) => (await node.call(method, params)).body.error;

describe('the key', () => {
  const status = async (url, options) =>
    (await fetch(url, {method: 'POST', body: '{}', ...options})).status;

  test('may stand in three places', async () => {
    const url = `${node.internalUrl}/api/info`;
    assert.equal(await status(url, {headers: {'X-API-Key': API_KEY}}), 200);
    assert.equal(await status(url, {headers: {Authorization: `apikey ${API_KEY}`}}), 200);
    assert.equal(await status(url, {headers: {Authorization: `APIKEY ${API_KEY}`}}), 200);
    assert.equal(await status(`${url}?api_key=${API_KEY}`), 200);
  });

  test('is asked for, and a wrong one gets 401 and nothing else', async () => {
    const url = `${node.internalUrl}/api/info`;
    for (const headers of [{}, {'X-API-Key': 'wrong'}, {'X-API-Key': `${API_KEY}x`},
      {'X-API-Key': API_KEY.slice(0, -1)}, {Authorization: `bearer ${API_KEY}`},
      {'X-API-Key': ''}])
      assert.equal(await status(url, {headers}), 401, JSON.stringify(headers));
    assert.equal(await status(`${url}?api_key=wrong`), 401);
    const {status: code, body} = await node.call('info', {}, {key: 'wrong'});
    assert.deepEqual({code, body}, {code: 401, body: ''});
  });

  test('that the file leaves empty lets nobody in', async () => {
    assert.equal((await keyless.call('info', {}, {key: ''})).status, 401);
    assert.equal((await keyless.call('info', {}, {key: 'x'})).status, 401);
  });

  test('is not needed where the file says insecure', async () => {
    assert.equal((await insecure.call('info', {}, {key: ''})).status, 200);
  });

  test('opens nothing on the public address', async () => {
    const answer = await fetch(`${node.httpUrl}/api/info`,
      {method: 'POST', body: '{}', headers: {'X-API-Key': API_KEY}});
    assert.equal(answer.status, 404);
  });
});

describe('publish', () => {
  test('answers offset and epoch', async () => {
    const channel = fresh();
    const first = await node.api('publish', {channel, data: {a: 1}});
    const second = await node.api('publish', {channel, data: 'x'});
    assert.equal(first.offset, 1);
    assert.equal(second.offset, 2);
    assert.ok(first.epoch);
    assert.equal(second.epoch, first.epoch);
  });

  test('answers neither where there is no history', async () => {
    const {body} = await node.call('publish', {channel: fresh('plain'), data: 1});
    assert.deepEqual(body, {result: {}});
  });

  test('reaches members without a publisher\'s info, with tags', async () => {
    const channel = fresh();
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel}});
    await node.api('publish', {channel, data: [1], tags: {lang: 'en'}});
    const {pub} = await wire.push((push) => push.pub);
    delete pub.epoch;
    assert.deepEqual(pub, {data: [1], offset: 1, tags: {lang: 'en'}});
  });

  test('takes base64 in place of data', async () => {
    const channel = fresh();
    const b64data = Buffer.from('{"binary":true}').toString('base64');
    await node.api('publish', {channel, b64data});
    const {publications} = await node.api('history', {channel, limit: 1});
    assert.deepEqual(publications[0].data, {binary: true});
    const {status, body} = await node.call('publish', {channel, b64data: '*'});
    assert.equal(status, 400);
    assert.match(body, /b64data/);
  });

  test('keeps out of the history what shall skip it', async () => {
    const channel = fresh();
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel}});
    await node.api('publish', {channel, data: 'passing', skip_history: true});
    assert.equal((await wire.push(({pub}) => pub)).pub.data, 'passing');
    const {publications} = await node.api('history', {channel, limit: -1});
    assert.deepEqual(publications, []);
  });

  test('happens once for one idempotency key', async () => {
    const channel = fresh();
    const params = {channel, data: 1, idempotency_key: 'order-1'};
    const first = await node.api('publish', params);
    assert.deepEqual(await node.api('publish', params), first);
    assert.equal((await node.api('publish', {...params, idempotency_key: 'order-2'})).offset, 2);
    assert.equal((await node.api('history', {channel, limit: -1})).publications.length, 2);
  });

  test('of an old version is dropped without an error', async () => {
    const channel = fresh();
    await node.api('publish', {channel, data: 'v2', version: 2});
    await node.api('publish', {channel, data: 'v1', version: 1});
    await node.api('publish', {channel, data: 'v2 again', version: 2});
    await node.api('publish', {channel, data: 'v3', version: 3});
    await node.api('publish', {channel, data: 'v1 of a new life', version: 1,
      version_epoch: 'next'});
    const {publications} = await node.api('history', {channel, limit: -1});
    assert.deepEqual(publications.map(({data}) => data),
      ['v2', 'v3', 'v1 of a new life']);
  });

  test('refuses what is not right', async () => {
    const code = async (params) => (await refusal('publish', params)).code;
    assert.equal(await code({data: 1}), 107);
    assert.equal(await code({channel: '', data: 1}), 107);
    assert.equal(await code({channel: 'chat:x'}), 107);
    assert.equal(await code({channel: 'nowhere:x', data: 1}), 102);
    assert.deepEqual(await refusal('publish', {channel: 'nowhere:x', data: 1}),
      {code: 102, message: 'unknown channel'});
  });

  test('ignores fields that it does not know', async () => {
    const {offset} = await node.api('publish',
      {channel: fresh(), data: 1, from_the_future: {x: []}});
    assert.equal(offset, 1);
  });
});

describe('broadcast', () => {
  test('answers for each room, in order', async () => {
    const [one, two] = [fresh(), fresh()];
    await node.api('publish', {channel: two, data: 0});
    const {responses} = await node.api('broadcast',
      {channels: [one, 'nowhere:x', two], data: {all: true}});
    assert.equal(responses.length, 3);
    assert.equal(responses[0].result.offset, 1);
    assert.equal(responses[1].error.code, 102);
    assert.equal(responses[2].result.offset, 2);
    assert.equal((await refusal('broadcast', {channels: [], data: 1})).code, 107);
  });
});

describe('presence', () => {
  test('and its counts show who is there', async () => {
    const channel = fresh();
    assert.deepEqual((await node.api('presence', {channel})).presence, {});
    const wire = await connectWire(node, {user: 'present'});
    await wire.ask({subscribe: {channel}});
    const {client} = wire.connected.connect;
    assert.deepEqual((await node.api('presence', {channel})).presence,
      {[client]: {user: 'present', client}});
    assert.deepEqual(await node.api('presence_stats', {channel}),
      {num_clients: 1, num_users: 1});
  });

  test('answers 108 where it is off', async () => {
    assert.equal((await refusal('presence', {channel: 'plain:x'})).code, 108);
    assert.equal((await refusal('presence_stats', {channel: 'plain:x'})).code, 108);
    assert.equal((await refusal('presence', {channel: 'nowhere:x'})).code, 102);
    assert.equal((await refusal('presence', {})).code, 107);
  });
});

describe('history', () => {
  test('is read by limit, position and direction, and removed', async () => {
    const channel = fresh();
    for (let i = 1; i <= 5; ++i)
      await node.api('publish', {channel, data: i});
    const read = async (params) => {
      const {publications, offset} = await node.api('history', {channel, ...params});
      assert.equal(offset, 5);
      return (publications ?? []).map((pub) => pub.offset);
    };
    const {epoch} = await node.api('history', {channel});
    assert.deepEqual(await read({}), []);
    assert.deepEqual(await read({limit: -1}), [1, 2, 3, 4, 5]);
    assert.deepEqual(await read({limit: 2, reverse: true}), [5, 4]);
    assert.deepEqual(await read({limit: 2, since: {offset: 3, epoch}}), [4, 5]);
    assert.equal((await refusal('history',
      {channel, limit: 1, since: {offset: 1, epoch: 'other'}})).code, 112);
    assert.equal((await refusal('history', {channel: 'plain:x', limit: 1})).code, 108);
    await node.api('history_remove', {channel});
    assert.deepEqual(await read({limit: -1}), []);
    assert.equal((await node.api('history', {channel})).epoch, epoch);
  });
});

describe('channels, info and rpc', () => {
  test('channels lists rooms with members by a pattern', async () => {
    const [one, two] = [fresh(), fresh('plain')];
    const wire = await connectWire(node);
    await wire.ask({subscribe: {channel: one}});
    await wire.ask({subscribe: {channel: two}});
    const {channels} = await node.api('channels', {});
    assert.deepEqual(channels[one], {num_clients: 1});
    assert.deepEqual(channels[two], {num_clients: 1});
    const some = (await node.api('channels', {pattern: 'plain:*'})).channels;
    assert.ok(Object.keys(some).includes(two));
    assert.ok(Object.keys(some).every((name) => name.startsWith('plain:')));
    wire.disconnect();
    await eventually(async () => {
      const {channels: now} = await node.api('channels', {});
      return !(one in now);
    });
  });

  test('info lists the node', async () => {
    const wire = await connectWire(node, {user: 'counted'});
    await wire.ask({subscribe: {channel: fresh()}});
    const {nodes} = await node.api('info');
    assert.equal(nodes.length, 1);
    const [{uid, name, version, ...counts}] = nodes;
    assert.equal(name, 'node-1');
    assert.ok(uid && version);
    assert.ok(counts.num_clients >= 1 && counts.num_users >= 1
      && counts.num_channels >= 1, JSON.stringify(counts));
    assert.ok(Number.isInteger(counts.uptime ?? 0));
  });

  test('rpc knows roost.echo or nothing', async () => {
    assert.equal((await refusal('rpc', {method: 'nope', params: {}})).code, 104);
  });
});

describe('batch', () => {
  test('answers each command in its place', async () => {
    const channel = fresh();
    const {status, body} = await node.call('batch', {commands: [
      {publish: {channel, data: 1}}, {history: {channel, limit: 10}},
      {presence: {channel: 'plain:x'}}, {}, null, {no_such: {}}]});
    assert.equal(status, 200);
    const [publish, history, presence, ...rest] = body.replies;
    assert.equal(publish.publish.offset, 1);
    assert.equal(history.history.publications.length, 1);
    assert.equal(presence.error.code, 108);
    assert.deepEqual(rest.map(({error}) => error.code), [104, 107, 104]);
  });

  test('may run in parallel', async () => {
    const channel = fresh();
    const commands = Array.from({length: 50}, () => ({publish: {channel, data: 1}}));
    const {body} = await node.call('batch', {commands, parallel: true});
    assert.deepEqual(body.replies.map(({publish}) => publish.offset).sort((a, b) => a - b),
      Array.from({length: 50}, (_, i) => i + 1));
  });
});

test('reads beyond what a second allows wait, then get 111; publishing does not', async () => {
  const thrifty = await testNode({api: {read_bytes_per_second: 10_000}});
  const read = async () => {
    const start = performance.now();
    const {body} = await thrifty.call('history', {channel: 'chat:much', limit: 100});
    return {ms: performance.now() - start, code: body.error?.code};
  };
  for (let i = 0; i < 4; ++i)
    await thrifty.api('publish', {channel: 'chat:much', data: 'x'.repeat(20_000)});
  assert.equal((await read()).code, undefined);
  const waiting = Promise.all([read(), read(), read()]); // on either lane
  const {status, body} = await thrifty.call('publish', {channel: 'chat:much', data: 1});
  assert.deepEqual({status, error: body.error}, {status: 200, error: undefined});
  for (const {ms, code} of await waiting) {
    assert.equal(code, 111);
    assert.ok(ms > 3_900 && ms < 8_000, `refused after ${ms} ms`);
  }
});

describe('errors', () => {
  test('become HTTP statuses for those who ask', async () => {
    const headers = {'X-Centrifugo-Error-Mode': 'transport'};
    const ask = (method, params) => node.call(method, params, {headers});
    const {status, body} = await ask('publish', {channel: 'nowhere:x', data: 1});
    assert.deepEqual({status, body},
      {status: 404, body: {code: 102, message: 'unknown channel'}});
    assert.equal((await ask('publish', {data: 1})).status, 400);
    assert.equal((await ask('presence', {channel: 'plain:x'})).status, 400);
    assert.equal((await ask('history', {channel: fresh(), limit: 1,
      since: {offset: 1, epoch: 'other'}})).status, 416);
    assert.equal((await ask('info', {})).status, 200);
  });
});

describe('cent.js', () => {
  test('works unchanged', async () => {
    const channel = fresh();
    const wire = await connectWire(node, {user: 'cent'});
    await wire.ask({subscribe: {channel}});
    const {offset} = await cent.publish({channel, data: {from: 'cent'}});
    assert.equal(offset, 1);
    assert.equal((await cent.broadcast({channels: [channel], data: 2})).responses.length, 1);
    assert.equal((await cent.getHistory({channel, limit: 10})).publications.length, 2);
    assert.equal(Object.keys((await cent.getPresence({channel})).presence).length, 1);
    assert.deepEqual(await cent.getPresenceStats({channel}), {num_clients: 1, num_users: 1});
    assert.ok(channel in (await cent.getChannels({})).channels);
    assert.equal((await cent.getInfo()).nodes.length, 1);
    await cent.removeHistory({channel});
    assert.deepEqual((await cent.getHistory({channel, limit: 10})).publications, []);
    await cent.unsubscribe({user: 'cent', channel});
    await wire.push(({unsubscribe}) => unsubscribe);
    await cent.subscribe({user: 'cent', channel});
    await wire.push(({subscribe}) => subscribe);
    await cent.refresh({user: 'cent', expire_at: Math.floor(Date.now() / 1000) + 60});
    await wire.push(({refresh}) => refresh);
    await cent.disconnect({user: 'cent'});
    assert.equal((await wire.end()).code, 3503);
    await assert.rejects(cent.publish({channel: 'nowhere:x', data: 1}));
  });

  test('may send several commands at once in the old form', async () => {
    const channel = fresh();
    const [published, history] = await cent.pipeline([
      {method: 'publish', params: {channel, data: 1}},
      {method: 'history', params: {channel, limit: 1}}]);
    assert.equal(published.offset, 1);
    assert.equal(history.publications.length, 1);
  });
});
