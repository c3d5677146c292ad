#include "net/admission/proxy_header.hpp"

#include "cluster-config/port.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace net {

namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view line_begin = "PROXY ";
constexpr std::size_t max_line = 107;

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t fixed_size = 16;
/// Of addresses and what balancers add to them.
constexpr std::size_t max_block = 4096;

std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

/// The words of a line, of which the last has no space behind it.
template <std::size_t N>
std::array<std::string_view, N> words_of(std::string_view line) {
  std::array<std::string_view, N> out;
  for (auto& word : out) {
    const auto end = std::min(line.find(' '), line.size());
    word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return out;
}

/// An address of the family that the line names, without a zone: `fe80::1%lo`
/// is one on the balancer's own host.
std::optional<ip::address> address_of(std::string_view family,
                                      std::string_view word) {
  boost::system::error_code wrong;
  const auto address = ip::make_address(word, wrong);
  if (wrong || word.find('%') != word.npos
      || !(address.is_v4() ? family == "TCP4" : family == "TCP6"))
    return std::nullopt;
  return address;
}

template <class Address>
ip::address address_in(std::string_view bytes) {
  typename Address::bytes_type raw;
  std::copy_n(bytes.begin(), raw.size(), raw.begin());
  return Address{raw};
}

} // namespace

proxy_header::state proxy_header::take(std::string_view bytes) {
  bytes_.append(bytes);
  wanted_ -= bytes.size();
  if (wanted_ > 0)
    return state::more;
  const std::string_view all{bytes_};
  if (all.starts_with(line_begin))
    return take_line();
  return all.starts_with(signature) ? take_binary() : state::wrong;
}

proxy_header::state proxy_header::want(std::size_t bytes) {
  wanted_ = bytes;
  return state::more;
}

// "PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n"
proxy_header::state proxy_header::take_line() {
  if (!bytes_.ends_with("\r\n"))
    return bytes_.size() < max_line ? want(1) : state::wrong;
  const auto line = std::string_view{bytes_}.substr(0, bytes_.size() - 2);
  const auto [proxy, family, client, server, client_port, server_port, more] =
      words_of<7>(line);
  if (family == "UNKNOWN")
    return state::whole;
  client_ = address_of(family, client);
  const bool right = client_ && address_of(family, server)
                     && config::parse_port(client_port)
                     && config::parse_port(server_port) && more.empty();
  return right ? state::whole : state::wrong;
}

proxy_header::state proxy_header::take_binary() {
  const std::string_view all{bytes_};
  if (all.size() < fixed_size)
    return want(fixed_size - all.size());
  const auto size =
      static_cast<std::size_t>(byte_at(all, 14) << 8) | byte_at(all, 15);
  if (size > max_block)
    return state::wrong;
  const auto block = all.substr(fixed_size);
  if (block.size() < size)
    return want(size - block.size());
  const auto version = byte_at(all, 12) >> 4;
  const auto command = byte_at(all, 12) & 0xf;
  if (version != 2 || command > 1)
    return state::wrong;
  if (command == 0) // the balancer itself, to see whether we live
    return state::whole;
  switch (byte_at(all, 13) >> 4) {
  case 1:
    if (block.size() < 12)
      return state::wrong;
    client_ = address_in<ip::address_v4>(block);
    break;
  case 2:
    if (block.size() < 36)
      return state::wrong;
    client_ = address_in<ip::address_v6>(block);
    break;
  default:
    break;
  }
  return state::whole;
}

} // namespace net
