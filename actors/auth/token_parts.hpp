#pragma once

#include "actors/auth/algorithm.hpp"

#include <string>
#include <string_view>

namespace actors {

/// Longer tokens are refused before anything of them is read.
constexpr std::size_t max_token_bytes = 16 * 1024;

/// A token taken apart (RFC 7515, compact form); nothing of it is trusted yet.
struct token_parts {
  algorithm alg{};
  /// Header and payload as they stand in the token: what the signature covers.
  std::string_view signed_text;
  /// JSON, with the spare capacity that its parser needs.
  std::string payload;
  std::string signature;
};

/// Takes `token` apart. Answers what is wrong with it as a sentence, or
/// nothing. The parts point into `token`.
std::string split_token(std::string_view token, token_parts& parts);

} // namespace actors
