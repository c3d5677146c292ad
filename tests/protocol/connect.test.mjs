// Who gets in, and what the answer to connect says.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {codecs, connect, connectWire, makeClient, Wire} from '../support/clients.mjs';
import {next} from '../support/eventually.mjs';
import {testNode} from '../support/fixture.mjs';
import {epochSeconds, keyPair, token, userToken} from '../support/tokens.mjs';

const rsa = keyPair('rsa', {modulusLength: 2048});
const elliptic = keyPair('ec', {namedCurve: 'P-256'});
const PREVIOUS = 'the-secret-before-the-rotation!!';

// Nodes that are stricter or more lenient than the usual one.
const picky = await testNode({client: {token: {audience: 'roost', issuer: 'us'}}});
const lenient = await testNode({client: {allow_anonymous_connect_without_token: true}});
const named = await testNode({client: {token: {disallow_anonymous: true}}});
const listed = await testNode({http: {allowed_origins:
  ['https://game.example', 'https://*.game.example']}});
const small = await testNode({client: {user_connection_limit: 2, connection_limit: 4}});
const timely = await testNode({client: {connect_include_server_time: true}});

const node = await testNode({
  client: {
    token: {
      hmac_previous_secret_key: PREVIOUS,
      rsa_public_key: rsa.publicKey,
      ecdsa_public_key: elliptic.publicKey,
      cookie: 'roost_token',
    },
  },
});

/** Connects with a token; resolves with the reply or the end's {code}. */
async function outcome(connectRequest, options, at = node) {
  const wire = new Wire(at, options);
  await wire.opened;
  wire.send({id: 1, connect: connectRequest});
  const answer = await Promise.race([wire.reply(1).catch(() => {}), wire.closed]);
  wire.disconnect();
  return answer;
}

for (const codec of codecs) {
  describe(`the ${codec.name} client`, () => {
    test('connects with a token and hears who it is', async () => {
      const client = await connect(node, {codec});
      assert.match(client.id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      assert.equal(client.info.transport, 'websocket');
    });

    test('stops for good with an invalid token', async () => {
      const client = makeClient(node, {codec, token: 'nonsense'});
      const ended = next(client, 'disconnected');
      client.connect();
      assert.equal((await ended).code, 3500);
    });

    test('gets a new token when its first is expired', async () => {
      let asked = 0;
      const client = await connect(node, {codec,
        token: userToken('alice', {exp: epochSeconds(-10)}),
        getToken: async () => {
          ++asked;
          return userToken('alice');
        }});
      assert.equal(asked, 1);
      assert.equal(client.state, 'connected');
    });
  });
}

describe('the answer to connect', () => {
  test('has exactly what the configuration asks for', async () => {
    const wire = await connectWire(node, {connect: {token: userToken('alice', {exp: undefined})}});
    const {client, version, ...rest} = wire.connected.connect;
    assert.equal(wire.connected.id, 1);
    assert.equal(typeof client, 'string');
    assert.equal(typeof version, 'string');
    assert.deepEqual(rest, {ping: 25, pong: true});
  });

  test('says when the token expires', async () => {
    const wire = await connectWire(node);
    const {expires, ttl} = wire.connected.connect;
    assert.equal(expires, true);
    assert.ok(ttl > 3590 && ttl <= 3600, `ttl ${ttl}`);
  });

  test('comes before the answers to subscribes of the same frame', async () => {
    const wire = new Wire(node);
    await wire.opened;
    wire.send({id: 1, connect: {token: userToken('alice')}},
      {id: 2, subscribe: {channel: 'chat:optimistic'}},
      {id: 3, subscribe: {channel: 'plain:optimistic'}});
    await wire.reply(3);
    await wire.reply(2);
    assert.equal(wire.all[0].id, 1);
    assert.ok((await wire.reply(2)).subscribe);
    assert.deepEqual((await wire.reply(3)).subscribe, {});
  });
});

describe('a connection token', () => {
  const good = {sub: 'alice', exp: epochSeconds(3600)};
  const accepted = {
    'HS256': token(good),
    'HS384': token(good, {algorithm: 'HS384'}),
    'HS512': token(good, {algorithm: 'HS512'}),
    'RS256': token(good, {algorithm: 'RS256', key: rsa.privateKey}),
    'RS384': token(good, {algorithm: 'RS384', key: rsa.privateKey}),
    'RS512': token(good, {algorithm: 'RS512', key: rsa.privateKey}),
    'ES256': token(good, {algorithm: 'ES256', key: elliptic.privateKey}),
    'the previous key': token(good, {key: PREVIOUS}),
    'a not-before that is past': token({...good, nbf: epochSeconds(-1)}),
    'expire_at 0 in place of exp': token({sub: 'alice', exp: epochSeconds(3600), expire_at: 0}),
  };
  for (const [what, jwt] of Object.entries(accepted)) {
    test(`is accepted with ${what}`, async () => {
      const {connect: answer} = await outcome({token: jwt});
      assert.ok(answer?.client);
    });
  }

  const [head, body, signature] = token(good).split('.');
  const flip = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);
  const refused = {
    'alg none': token(good, {algorithm: 'none'}),
    'alg None': `${Buffer.from('{"alg":"None"}').toString('base64url')}.${body}.`,
    'no signature': `${head}.${body}.`,
    'HS256 with the RSA public key': token(good, {key: rsa.publicKey}),
    'HS256 with the ECDSA public key': token(good, {key: elliptic.publicKey}),
    'another secret': token(good, {key: 'another-secret-of-32-bytes-or-so'}),
    'the signature of another text': `${head}.${body}.${flip(signature)}`,
    'a changed body': `${head}.${Buffer.from('{"sub":"bob"}').toString('base64url')}.${signature}`,
    'two parts': `${head}.${body}`,
    'four parts': `${head}.${body}.${signature}.${signature}`,
    'no base64': `${head}.%%%.${signature}`,
    'no JSON inside': `${head}.${Buffer.from('{"sub":').toString('base64url')}.${signature}`,
    'an array as claims': token(['alice']),
    'a number as sub': token({...good, sub: 42}),
    'a text as exp': token({...good, exp: 'tomorrow'}),
    'an unknown algorithm': token(good, {header: {alg: 'HS1', typ: 'JWT'}}),
    'ES256 signed by RSA': token(good, {header: {alg: 'ES256'}, algorithm: 'RS256',
      key: rsa.privateKey}),
    'a not-before that is to come': token({...good, nbf: epochSeconds(600)}),
    'a room in it': token({...good, channel: 'chat:x'}),
    'empty text between dots': '..',
  };
  for (const [what, jwt] of Object.entries(refused)) {
    test(`is refused with ${what}`, async () => {
      assert.deepEqual(await outcome({token: jwt}),
        {code: 3500, reason: 'invalid token'});
    });
  }

  test('that is expired is answered with error 109', async () => {
    const answer = await outcome({token: token({sub: 'alice', exp: epochSeconds(-60)})});
    assert.equal(answer.error.code, 109);
    assert.equal(answer.error.message, 'token expired');
  });

  test('that is missing ends the connection with 3501', async () => {
    assert.equal((await outcome({})).code, 3501);
  });

  test('is read from the cookie that the file names', async () => {
    const headers = {Cookie: `theme=dark; roost_token=${userToken('carol')}`};
    const wire = new Wire(node, {headers});
    await wire.opened;
    assert.ok((await wire.ask({connect: {}})).connect.client);
    const forged = await outcome({}, {headers: {Cookie: 'roost_token=nonsense'}});
    assert.equal(forged.code, 3500);
  });

  test('in the command wins over the cookie', async () => {
    const answer = await outcome({token: 'nonsense'},
      {headers: {Cookie: `roost_token=${userToken('carol')}`}});
    assert.equal(answer.code, 3500);
  });
});

describe('audience and issuer', () => {
  const claims = {sub: 'alice', aud: 'roost', iss: 'us'};

  test('are accepted when they match', async () => {
    for (const good of [claims, {...claims, aud: ['else', 'roost']}])
      assert.ok((await outcome({token: token(good)}, {}, picky)).connect);
  });

  for (const [what, wrong] of Object.entries({
    'a wrong audience': {...claims, aud: 'them'},
    'no audience': {...claims, aud: undefined},
    'a list without ours': {...claims, aud: ['them', 'those']},
    'a wrong issuer': {...claims, iss: 'them'},
    'no issuer': {...claims, iss: undefined},
  })) {
    test(`refuse ${what}`, async () => {
      assert.equal((await outcome({token: token(wrong)}, {}, picky)).code, 3500);
    });
  }
});

describe('without a token', () => {
  test('a client comes in where the file says so, without a user', async () => {
    const wire = new Wire(lenient);
    await wire.opened;
    assert.ok((await wire.ask({connect: {}})).connect.client);
    assert.equal((await wire.ask({subscribe: {channel: 'chat:x'}})).error.code, 103);
    assert.ok((await wire.ask({subscribe: {channel: 'public:x'}})).subscribe);
  });

  test('a broken token is still refused', async () => {
    assert.equal((await outcome({token: 'x.y.z'}, {}, lenient)).code, 3500);
  });
});

describe('a token without a user', () => {
  test('is refused with 3507 where the file says so', async () => {
    const jwt = token({sub: '', exp: epochSeconds(60)});
    assert.equal((await outcome({token: jwt}, {}, named)).code, 3507);
    assert.ok((await outcome({token: jwt})).connect);
  });
});

describe('origins', () => {
  const status = async (at, origin) => {
    const wire = new Wire(at, {headers: {Origin: origin}});
    const refused = new Promise((resolve) =>
      wire.socket.once('unexpected-response', (_, response) => resolve(response.statusCode)));
    const result = await Promise.race([refused, wire.opened.then(() => 101)]);
    wire.disconnect();
    return result;
  };

  test('that the list names are let in, others get 403', async () => {
    assert.equal(await status(listed, 'https://game.example'), 101);
    assert.equal(await status(listed, 'https://eu.game.example'), 101);
    assert.equal(await status(listed, 'https://evil.example'), 403);
    assert.equal(await status(listed, 'https://evilgame.example'), 403);
    assert.equal(await status(listed, 'http://game.example'), 403);
    assert.equal(await status(listed, 'null'), 403);
  });

  test('must be our own host where there is no list', async () => {
    assert.equal(await status(node, node.httpUrl), 101);
    assert.equal(await status(node, 'https://evil.example'), 403);
  });
});

describe('limits', () => {
  test('of connections of a user end the next with 3504', async () => {
    const first = await connectWire(small, {user: 'alice'});
    const second = await connectWire(small, {user: 'alice'});
    assert.equal((await outcome({token: userToken('alice')}, {}, small)).code, 3504);
    const other = await connectWire(small, {user: 'bob'});
    assert.ok(other.connected.connect);
    for (const wire of [first, second, other])
      wire.disconnect();
  });
});

describe('the command connect', () => {
  test('carries name, version, data and headers without harm', async () => {
    const wire = await connectWire(node, {connect: {token: userToken('alice'),
      name: 'js', version: '1.2.3', data: {a: 1}, headers: {'X-Trace': 'abc'},
      flag: 0, some_future_field: [1, 2]}});
    assert.ok(wire.connected.connect.client);
  });

  test('tells the time where the file says so', async () => {
    const wire = await connectWire(timely);
    assert.ok(Math.abs(wire.connected.connect.time - Date.now()) < 60_000);
  });
});
