#include "actors/auth/token_parts.hpp"

#include "actors/auth/base64url.hpp"
#include "actors/auth/claims_reader.hpp"
#include "actors/auth/json_claims.hpp"

#include <algorithm>
#include <array>

namespace actors {

namespace {

struct header {
  std::string alg;
  bool critical = false;
};

constexpr std::array<json_member<header>, 3> header_members{{
    {"alg", "a string",
     [](json_value v, header& out) {
       return read_text(v, out.alg);
     }},
    {"typ", "a string",
     [](json_value v, header&) {
       std::string type;
       return read_text(v, type);
     }},
    // RFC 7515 4.1.11: what it lists must be understood, and we know nothing
    // that it may list.
    {"crit", "absent",
     [](json_value, header& out) {
       out.critical = true;
       return true;
     }},
}};

/// `alg` for a sentence; it comes from a stranger and ends in a log.
std::string shown(const std::string& alg) {
  auto plain = std::all_of(alg.begin(), alg.end(), [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '"';
  });
  return plain && alg.size() <= 16 ? '"' + alg + '"' : "that the token names";
}

std::string read_header(const std::string& json, algorithm& alg) {
  json_object_text text{json};
  auto* object = text.object();
  if (object == nullptr)
    return "The token's header is not a JSON object.";
  header head;
  auto wrong = read_members<header>(*object, header_members, head);
  if (!wrong.empty())
    return "The token's header is wrong: " + wrong + '.';
  if (head.critical)
    return "The token's header asks for extensions that we do not know.";
  if (head.alg.empty())
    return "The token's header names no algorithm.";
  if (head.alg.size() == 4
      && std::equal(head.alg.begin(), head.alg.end(), "none",
                    [](char a, char b) { return (a | 0x20) == b; }))
    return "The token is not signed (its algorithm is \"none\").";
  auto known = algorithm_named(head.alg);
  if (!known)
    return "The algorithm " + shown(head.alg) + " is not supported.";
  alg = *known;
  return {};
}

} // namespace

std::string split_token(std::string_view token, token_parts& parts) {
  if (token.empty())
    return "The token is empty.";
  if (token.size() > max_token_bytes)
    return "The token has " + std::to_string(token.size())
           + " bytes; at most 16384 are allowed.";
  auto dots = std::count(token.begin(), token.end(), '.');
  if (dots != 2)
    return "The token has " + std::to_string(dots + 1)
           + " parts between dots; a signed token has 3.";
  auto first = token.find('.');
  auto second = token.rfind('.');
  auto payload = token.substr(first + 1, second - first - 1);
  std::string json;
  reserve_json(json, first);
  if (!append_base64url(token.substr(0, first), json))
    return "The token's header is not base64url without padding.";
  auto wrong = read_header(json, parts.alg);
  if (!wrong.empty())
    return wrong;
  reserve_json(parts.payload, payload.size());
  if (!append_base64url(payload, parts.payload))
    return "The token's payload is not base64url without padding.";
  if (!append_base64url(token.substr(second + 1), parts.signature))
    return "The token's signature is not base64url without padding.";
  if (parts.signature.empty())
    return "The token has no signature.";
  parts.signed_text = token.substr(0, second);
  return {};
}

} // namespace actors
