#include "cluster-config/ip_network.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace config {

namespace {

constexpr ip_bytes v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t v4_begin = 12;

bool is_v4(const ip_bytes& x) {
  return std::equal(x.begin(), x.begin() + v4_begin, v4_prefix.begin());
}

/// `x` with its first `bits` alone.
ip_bytes masked(ip_bytes x, std::uint8_t bits) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto kept =
        std::clamp(static_cast<int>(bits) - static_cast<int>(8 * i), 0, 8);
    x[i] = static_cast<std::uint8_t>(x[i] & (0xff00 >> kept));
  }
  return x;
}

} // namespace

std::optional<ip_bytes> parse_ip(std::string_view text) {
  const std::string whole{text}; // inet_pton wants its end
  auto out = v4_prefix;
  if (whole.size() != text.size() || whole.find('\0') != std::string::npos)
    return std::nullopt;
  if (inet_pton(AF_INET, whole.c_str(), out.data() + v4_begin) == 1)
    return out;
  if (inet_pton(AF_INET6, whole.c_str(), out.data()) == 1)
    return out;
  return std::nullopt;
}

bool ip_network::contains(const ip_bytes& x) const {
  return masked(x, bits) == address;
}

std::optional<ip_network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  ip_network out{*address, 128};
  if (slash == std::string_view::npos)
    return out;
  const auto length = text.substr(slash + 1);
  const unsigned most = is_v4(*address) ? 32 : 128;
  unsigned bits = 0;
  const auto [end, code] =
      std::from_chars(length.data(), length.data() + length.size(), bits);
  if (code != std::errc{} || end != length.data() + length.size() || bits > most
      || (length.size() > 1 && length.front() == '0'))
    return std::nullopt;
  out.bits = static_cast<std::uint8_t>(128 - most + bits);
  return out.contains(out.address) ? std::optional{out} : std::nullopt;
}

std::string to_string(const ip_network& x) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4(x.address);
  inet_ntop(v4 ? AF_INET : AF_INET6, x.address.data() + (v4 ? v4_begin : 0),
            text.data(), text.size());
  const auto bits = v4 ? x.bits - 96 : x.bits;
  std::string out{text.data()};
  if (x.bits != 128)
    out += '/' + std::to_string(bits);
  return out;
}

} // namespace config
