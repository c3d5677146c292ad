#include "net/admission/ip_range.hpp"
#include "net/admission/proxy_header.hpp"
#include "net/http/client_address.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace fuzz {

namespace {

// -- the PROXY protocol -------------------------------------------------------

struct proxy_outcome {
  net::proxy_header::state state = net::proxy_header::state::more;
  std::size_t taken = 0;
  std::optional<boost::asio::ip::address> client;
};

/// What a header finds in `bytes`, given at most so many at a time.
proxy_outcome read_proxy(std::string_view bytes, std::size_t step) {
  using enum net::proxy_header::state;
  net::proxy_header header;
  proxy_outcome out;
  while (out.state == more && !bytes.empty()) {
    require(header.wanted() > 0, "more is at least a byte");
    const auto some = bytes.substr(0, std::min(step, header.wanted()));
    bytes.remove_prefix(some.size());
    out.taken += some.size();
    out.state = header.take(some);
  }
  if (out.state == whole)
    out.client = header.client();
  return out;
}

// -- the headers of proxies ---------------------------------------------------

const auto proxy = boost::asio::ip::make_address("10.0.0.1");
const auto stranger = boost::asio::ip::make_address("192.0.2.1");

config::trusted_proxies proxies() {
  return {.networks = {*config::parse_network("10.0.0.0/8"),
                       *config::parse_network("fd00::/8")}};
}

struct proxy_lines {
  std::string forwarded_for;
  std::string forwarded;
  std::string real_ip;
};

auto client_of(const proxy_lines& lines, const net::peer_address& peer) {
  net::http_request request;
  request.insert("X-Forwarded-For", lines.forwarded_for);
  request.insert("Forwarded", lines.forwarded);
  request.insert("X-Real-IP", lines.real_ip);
  return net::client_address(request, peer, proxies());
}

/// Whether the first `bits` of two addresses are the same, one by one.
bool same_start(const config::ip_bytes& a, const config::ip_bytes& b,
                std::size_t bits) {
  for (std::size_t i = 0; i < bits; ++i)
    if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1)
      return false;
  return true;
}

} // namespace

void proxy_header(std::string_view bytes) {
  using enum net::proxy_header::state;
  if (bytes.empty())
    return;
  const auto step = static_cast<std::size_t>(bytes[0] & 0x1f) + 1;
  bytes.remove_prefix(1);
  const auto found = read_proxy(bytes, bytes.size() + 1);
  const auto pieces = read_proxy(bytes, step);
  require(pieces.state == found.state && pieces.taken == found.taken
              && pieces.client == found.client,
          "pieces change nothing");
  require(found.taken <= 16 + 4096, "a header is bounded");
  if (found.state != whole)
    return;
  const auto header = bytes.substr(0, found.taken);
  require(header.starts_with("PROXY ") ? header.ends_with("\r\n")
                                       : header.starts_with("\r\n\r\n"),
          "a header is whole where it ends");
  const auto shorter =
      read_proxy(header.substr(0, header.size() - 1), header.size());
  require(shorter.state == more, "half a header is none");
}

namespace {

/// A list that goes on with `line`; where that has nothing, there is no list.
std::string behind(const std::string& first, const std::string& line) {
  return line.find_first_not_of(" \t") == line.npos ? line
                                                    : first + ", " + line;
}

} // namespace

void client_address(std::string_view bytes) {
  std::array<std::string, 3> lines;
  for (auto& line : lines) {
    line = bytes.substr(0, std::min(bytes.find('\n'), std::size_t{2000}));
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
  }
  const auto& [forwarded_for, forwarded, real_ip] = lines;
  const proxy_lines all{forwarded_for, forwarded, real_ip};
  require(client_of(all, stranger) == stranger,
          "a stranger speaks for nobody but itself");
  const auto client = client_of(all, proxy);
  if (net::is_proxy(client, proxies()))
    return;
  // A client writes what it likes, and our proxies add to what they write.
  require(client_of({behind("198.51.100.9", forwarded_for),
                     behind("for=198.51.100.9", forwarded), real_ip},
                    proxy)
              == client,
          "what a client wrote does not count");
  require(client_of({"", "", net::to_string(client)}, proxy) == client,
          "an address is an address");
}

void ip_network(std::string_view bytes) {
  const auto line = bytes.substr(0, bytes.find('\n'));
  bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
  const auto network = config::parse_network(line);
  if (!network)
    return;
  const auto text = config::to_string(*network);
  require(config::parse_network(text) == network,
          "what was read can be written");
  require(network->bits <= 128 && network->contains(network->address),
          "a network has its own address");
  if (const auto other = config::parse_ip(bytes))
    require(network->contains(*other)
                == same_start(network->address, *other, network->bits),
            "a network is those that start as it does");
}

} // namespace fuzz
