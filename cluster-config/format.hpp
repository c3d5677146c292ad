#pragma once

#include "cluster-config/node_config.hpp"
#include "cluster-config/raw_value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace config {

/// A value that does not fit. The loader adds the place, the key and what is
/// allowed.
struct bad_value {
  std::string found;
};

/// How an environment variable's text becomes a `raw_value`.
enum class variable_form : std::uint8_t { text, integer, boolean, list };

/// How a key's value is written: read, shown and explained.
template <class T>
struct format {
  /// Completes "allowed: ".
  std::string allowed;
  variable_form form = variable_form::text;
  /// Never shown.
  bool secret = false;
  /// Throws `bad_value`.
  std::function<T(const raw_value&)> read;
  /// As it stands in a file.
  std::function<std::string(const T&)> show;
};

/// Any text.
format<std::string> text(std::string allowed = "a string");
/// Text that is never shown.
format<std::string> secret_text(std::string allowed = "a string");
/// Text whose characters are all letters, digits, '-', '_' or '.', at most
/// 128 of them.
format<std::string> identifier(bool may_be_empty);
format<bool> boolean();
format<std::uint32_t> integer(std::uint32_t least, std::uint32_t most);
/// "64KiB", "1MiB" or an integer.
format<std::size_t> bytes(std::size_t least, std::size_t most);
/// "500ms", "10s", "1m30s", "24h", "30d".
format<duration> time(duration least, duration most);
/// Zero or a whole number of seconds.
format<duration> whole_seconds(duration least, duration most);
/// Where a node listens for other nodes.
format<address> listen_address();
/// Where it listens for everybody else: one address or several.
format<std::vector<socket_address>> listen_addresses();
/// Another node's address, or none.
format<address> peer_address();
format<std::vector<address>> peer_addresses();
format<std::vector<std::string>> origins();
format<node_roles> roles();
format<transport_set> transports();
format<trusted_proxies> proxies();
format<room_pattern> pattern();
format<delta_types> deltas();

/// One of a few words.
template <class Enum>
format<Enum> choice(std::vector<std::pair<std::string, Enum>> words);

template <class Enum>
format<Enum> choice(std::vector<std::pair<std::string, Enum>> words) {
  format<Enum> result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      result.allowed += i + 1 == words.size() ? " or " : ", ";
    result.allowed += in_quotes(words[i].first);
  }
  result.read = [words](const raw_value& x) {
    if (auto* word = std::get_if<std::string>(&x.data))
      for (const auto& [name, value] : words)
        if (name == *word)
          return value;
    throw bad_value{describe(x)};
  };
  result.show = [words](const Enum& x) {
    for (const auto& [name, value] : words)
      if (value == x)
        return in_quotes(name);
    return in_quotes("");
  };
  return result;
}

} // namespace config
