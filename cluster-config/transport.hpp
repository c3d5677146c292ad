#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace config {

/// What carries a client's connection.
enum class transport : std::uint8_t {
  websocket,
  http_stream,
  sse,
  poll,
  uni_websocket,
  uni_http_stream,
  uni_sse,
};

/// By the numbers of `transport`: the names in files, metrics and listings, and
/// the last part of the paths under /connection/.
constexpr std::string_view transport_names[] = {
    "websocket",     "http_stream",     "sse",     "poll",
    "uni_websocket", "uni_http_stream", "uni_sse",
};

constexpr std::size_t transport_count = std::size(transport_names);

constexpr std::string_view name_of(transport x) {
  return transport_names[static_cast<std::size_t>(x)];
}

constexpr std::optional<transport> transport_of(std::string_view name) {
  for (std::size_t i = 0; i < transport_count; ++i)
    if (transport_names[i] == name)
      return static_cast<transport>(i);
  return std::nullopt;
}

/// Whether the client's commands come on other sockets than its pushes go.
constexpr bool is_emulated(transport x) {
  return x == transport::http_stream || x == transport::sse;
}

/// Whether the client takes pushes alone.
constexpr bool listens_only(transport x) {
  return x >= transport::uni_websocket;
}

constexpr bool is_websocket(transport x) {
  return x == transport::websocket || x == transport::uni_websocket;
}

class transport_set {
public:
  bool has(transport x) const { return bits_[static_cast<std::size_t>(x)]; }
  void add(transport x) { bits_.set(static_cast<std::size_t>(x)); }
  bool empty() const { return bits_.none(); }

  static transport_set all() {
    transport_set out;
    out.bits_.set();
    return out;
  }

  bool operator==(const transport_set&) const = default;

private:
  std::bitset<transport_count> bits_;
};

} // namespace config
