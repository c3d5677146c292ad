// Makes golden.hpp: keys, and tokens signed by node's crypto, which shares no
// code with ours. Run it from this folder to make new ones:
//   node make_golden.mjs > golden.hpp
import { createHmac, generateKeyPairSync, sign } from "node:crypto";

const secret = "a-secret-of-the-tests";
const claims = { sub: "alice", exp: 2000000000, iat: 1700000000 };

const base64url = (data) => Buffer.from(data).toString("base64url");
const unsigned = (alg) =>
  base64url(JSON.stringify({ alg, typ: "JWT" })) +
  "." + base64url(JSON.stringify(claims));

const pem = (type, options) =>
  generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const pkcs1 = (type, options) =>
  generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });

const hmac = (alg, hash) => {
  const text = unsigned(alg);
  const mac = createHmac(hash, secret).update(text).digest("base64url");
  return `${text}.${mac}`;
};
const asymmetric = (alg, hash, key) => {
  const text = unsigned(alg);
  const options = { key, dsaEncoding: "ieee-p1363" };
  return `${text}.${sign(hash, Buffer.from(text), options).toString("base64url")}`;
};

const out = [];
const text = (name, value) => {
  const lines = value.match(/[^\n]{1,64}\n?/g).map(
    (line) => `    "${line.replace("\n", "\\n")}"`);
  out.push(`inline constexpr std::string_view ${name} =\n${lines.join("\n")};`);
};
const pair = (name, keys) => {
  text(`${name}_public_key`, keys.publicKey);
  text(`${name}_private_key`, keys.privateKey);
};

text("secret", secret);
const rsa = pem("rsa", { modulusLength: 2048 });
const p256 = pem("ec", { namedCurve: "P-256" });
const p384 = pem("ec", { namedCurve: "P-384" });
const p521 = pem("ec", { namedCurve: "P-521" });
pair("rsa", rsa);
pair("p256", p256);
pair("p384", p384);
pair("p521", p521);

// The older form of an RSA key, and keys that no algorithm of ours may use.
text("rsa_pkcs1_public_key", pkcs1("rsa", { modulusLength: 2048 }).publicKey);
text("rsa_1024_public_key", pem("rsa", { modulusLength: 1024 }).publicKey);
text("secp256k1_public_key", pem("ec", { namedCurve: "secp256k1" }).publicKey);
text("ed25519_public_key", pem("ed25519", {}).publicKey);

text("hs256_token", hmac("HS256", "sha256"));
text("hs384_token", hmac("HS384", "sha384"));
text("hs512_token", hmac("HS512", "sha512"));
text("rs256_token", asymmetric("RS256", "sha256", rsa.privateKey));
text("rs384_token", asymmetric("RS384", "sha384", rsa.privateKey));
text("rs512_token", asymmetric("RS512", "sha512", rsa.privateKey));
text("es256_token", asymmetric("ES256", "sha256", p256.privateKey));
text("es384_token", asymmetric("ES384", "sha384", p384.privateKey));
text("es512_token", asymmetric("ES512", "sha512", p521.privateKey));

// The attack on verifiers that take the key's kind from the token: an HMAC
// whose secret is the public key, which everybody knows.
const confused = unsigned("HS256");
text("hs256_by_rsa_public_key_token", `${confused}.${
  createHmac("sha256", rsa.publicKey).update(confused).digest("base64url")}`);
// Signed well, but in the form that X.509 uses instead of r and s.
const der = unsigned("ES256");
text("es256_der_token", `${der}.${
  sign("sha256", Buffer.from(der), p256.privateKey).toString("base64url")}`);

console.log(`#pragma once

// Made by make_golden.mjs. Keys of these tests only; they guard nothing.
// The tokens say {"sub":"alice","exp":2000000000,"iat":1700000000}.

#include <string_view>

namespace golden {

${out.join("\n\n")}

} // namespace golden`);
