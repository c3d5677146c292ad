#pragma once

#include "actors/client/unix_time.hpp"

#include <algorithm>
#include <cstdint>

namespace actors {

// When what a token opened ends is told in Unix seconds, where 0 means never.

/// Whole seconds until `expire_at`, rounded up: a client that refreshes after
/// them has not been late. From 0 to a year.
inline std::uint32_t ttl_of(std::int64_t expire_at,
                            std::int64_t now_ms = unix_ms()) {
  constexpr std::int64_t year = 365 * 24 * 3600;
  const auto end =
      std::clamp<std::int64_t>(expire_at, 0, now_ms / 1000 + year + 1);
  const auto left = (end * 1000 - now_ms + 999) / 1000;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 0, year));
}

/// Whether its time is over.
inline bool has_ended(std::int64_t expire_at, std::int64_t now_ms = unix_ms()) {
  return expire_at != 0 && ttl_of(expire_at, now_ms) == 0;
}

/// Tells a client in `expires` and `ttl`; nothing if it never ends.
template <class Result>
void write_ttl(std::int64_t expire_at, Result& out) {
  if (expire_at == 0)
    return;
  out.set_expires(true);
  out.set_ttl(ttl_of(expire_at));
}

} // namespace actors
