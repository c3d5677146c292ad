#include "net/load/target.hpp"

#include "net/load/errors.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace net::load {

namespace {

/// Files that the process has open besides its connections.
constexpr std::size_t other_files = 32;

constexpr std::size_t addresses = 250;

/// Binds to 127.0.1.n.
bool bind_to_own_address(int fd, std::size_t number) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  auto n = static_cast<std::uint32_t>(
      1 + number / connections_per_address % addresses);
  own.sin_addr.s_addr = htonl(0x7f000100 + n);
  // The port is chosen with the connection: it must differ for this target
  // only.
  int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  return bind(fd, reinterpret_cast<sockaddr*>(&own), sizeof(own)) == 0;
}

} // namespace

bool target::loopback() const {
  if (address.ss_family != AF_INET)
    return false;
  const auto& ip = reinterpret_cast<const sockaddr_in&>(address);
  return ntohl(ip.sin_addr.s_addr) >> 24 == 127;
}

target find_target(std::string_view url, std::string_view scheme) {
  auto wrong = [&] {
    return usage_error("The URL \"" + std::string{url} + "\" does not read \""
                       + std::string{scheme} + "host:port/path\".");
  };
  if (!url.starts_with(scheme))
    throw wrong();
  auto rest = url.substr(scheme.size());
  auto slash = std::min(rest.find('/'), rest.size());
  target out;
  out.host = rest.substr(0, slash);
  out.path = rest.substr(slash);
  auto colon = out.host.rfind(':');
  auto port = colon == out.host.npos ? "" : out.host.substr(colon + 1);
  auto name = out.host.substr(0, colon);
  if (name.starts_with('[') && name.ends_with(']'))
    name = name.substr(1, name.size() - 2);
  if (name.empty() || port.empty()
      || port.find_first_not_of("0123456789") != port.npos)
    throw wrong();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (int code = getaddrinfo(name.c_str(), port.c_str(), &hints, &found))
    throw load_error("The host \"" + name
                     + "\" can't be found: " + gai_strerror(code) + ".");
  std::memcpy(&out.address, found->ai_addr, found->ai_addrlen);
  out.address_size = found->ai_addrlen;
  freeaddrinfo(found);
  return out;
}

int start_connect(const target& where, std::size_t number) {
  int fd = socket(where.address.ss_family,
                  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  auto address = reinterpret_cast<const sockaddr*>(&where.address);
  bool started = !where.loopback() || number < connections_per_address
                 || bind_to_own_address(fd, number);
  if (started
      && (connect(fd, address, where.address_size) == 0
          || errno == EINPROGRESS))
    return fd;
  int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

void allow_connections(std::size_t connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  auto needed = static_cast<rlim_t>(connections + other_files);
  if (limit.rlim_cur >= needed)
    return;
  rlimit wanted{needed, std::max(needed, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
    return;
  auto needs = std::to_string(needed);
  throw load_error("The limit of open files (RLIMIT_NOFILE) is "
                   + std::to_string(limit.rlim_max) + ", but "
                   + std::to_string(connections) + " connections need " + needs
                   + ": raise it with \"ulimit -n " + needs
                   + "\" as root before this command, or with \"nofile\" in "
                     "/etc/security/limits.conf.");
}

} // namespace net::load
