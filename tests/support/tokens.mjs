// JSON Web Tokens for tests, good and broken.
import {createHmac, generateKeyPairSync, sign} from 'node:crypto';

/** The secret that test nodes check HS256 tokens with. */
export const SECRET = 'a-secret-for-tests-of-32-bytes!!';

const base64url = (text) => Buffer.from(text).toString('base64url');

/** Seconds since 1970, `offset` from now. */
export const epochSeconds = (offset = 0) =>
  Math.floor(Date.now() / 1000) + offset;

function signature(algorithm, key, text) {
  if (algorithm === 'none')
    return '';
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('HS'))
    return createHmac(hash, key).update(text).digest('base64url');
  const dsaEncoding = 'ieee-p1363'; // What ES256.. use, see RFC 7518 3.4.
  return sign(hash, Buffer.from(text), {key, dsaEncoding}).toString('base64url');
}

/** Makes a token of these claims. */
export function token(claims, {algorithm = 'HS256', key = SECRET, header} = {}) {
  const head = base64url(JSON.stringify(
    header ?? {alg: algorithm, typ: 'JWT'}));
  const text = `${head}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${signature(algorithm, key, text)}`;
}

/** A connection token of a user, good for an hour. */
export const userToken = (user, claims = {}, options) =>
  token({sub: user, exp: epochSeconds(3600), ...claims}, options);

/** A subscription token of a user for a room. */
export const roomToken = (user, channel, claims = {}, options) =>
  userToken(user, {channel, ...claims}, options);

/** {publicKey, privateKey} as PEM text. */
export function keyPair(type, options) {
  return generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: {type: 'spki', format: 'pem'},
    privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
  });
}
