#pragma once

#include "actors/auth/claims.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// Every claim that we know, as the payload has it.
struct raw_claims {
  std::string sub;
  std::string jti;
  std::string iss;
  std::vector<std::string> aud;
  std::optional<std::int64_t> exp;
  std::optional<std::int64_t> iat;
  std::optional<std::int64_t> nbf;
  std::optional<std::int64_t> expire_at;
  /// From `b64info` where that is given, as `data` is from `b64data`.
  std::string info;
  std::string data;
  std::string meta;
  std::optional<std::string> channel;
  std::string client;
  std::vector<std::string> channels;
  std::map<std::string, subscription_options, std::less<>> subs;
  subscription_override overrides;
};

/// Reads the payload of a token. `payload` needs the spare capacity that
/// `reserve_json` gives it. Answers what is wrong with it as the rest of a
/// sentence, or nothing.
std::string read_claims(const std::string& payload, raw_claims& claims);

/// Makes room in `text` for `size` bytes of JSON and what its parser reads
/// beyond them.
void reserve_json(std::string& text, std::size_t size);

} // namespace actors
