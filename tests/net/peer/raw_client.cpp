#include "tests/net/peer/raw_client.hpp"

#include "tests/net/peer/peer_test.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace net::peer::test {

raw_client::raw_client(std::uint16_t port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
    ::close(std::exchange(fd_, -1));
  else
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

raw_client::raw_client(raw_client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

raw_client::~raw_client() {
  if (fd_ >= 0)
    ::close(fd_);
}

void raw_client::send(std::string_view bytes) const {
  send_all(fd_, bytes);
}

std::string raw_client::receive_frame() const {
  auto frame = receive(fd_, 8);
  if (frame.size() < 8)
    return frame;
  auto size = static_cast<unsigned char>(frame[6]) * 256U
              + static_cast<unsigned char>(frame[7]);
  return frame + receive(fd_, size);
}

std::chrono::milliseconds
raw_client::until_closed(std::chrono::milliseconds limit) const {
  auto begin = std::chrono::steady_clock::now();
  auto passed = [begin] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
  };
  while (!closed() && passed() < limit) {
    pollfd one{fd_, POLLIN, 0};
    ::poll(&one, 1, static_cast<int>((limit - passed()).count()) + 1);
  }
  return passed();
}

bool raw_client::closed() const {
  char buffer[4096];
  for (;;) {
    auto got = ::recv(fd_, buffer, sizeof(buffer), 0);
    if (got <= 0)
      return got == 0 || errno != EAGAIN;
  }
}

} // namespace net::peer::test
