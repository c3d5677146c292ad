#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace net::peer::test {

/// A TCP client without manners.
class raw_client {
public:
  explicit raw_client(std::uint16_t port);
  raw_client(raw_client&& other) noexcept;
  ~raw_client();

  bool connected() const { return fd_ >= 0; }

  /// Sends what it can; that the other side has closed is not an error.
  void send(std::string_view bytes) const;

  /// One whole handshake frame; less when the other side closes.
  std::string receive_frame() const;

  /// Waits until the other side closes, at most `limit`; the time it took.
  std::chrono::milliseconds
  until_closed(std::chrono::milliseconds limit = std::chrono::seconds{5}) const;

  /// True when the other side has closed already.
  bool closed() const;

private:
  int fd_ = -1;
};

} // namespace net::peer::test
