#pragma once

#include "net/peer/asio_peer_transport.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace net::peer::test {

/// Options of a node of the cluster "c" with the secret "s3cret" on loopback.
peer_options options_of(const std::string& node);

/// A transport that remembers what it was told, and its log.
class test_node {
public:
  explicit test_node(peer_options options);
  explicit test_node(const std::string& node) : test_node(options_of(node)) {}
  ~test_node();
  test_node(const test_node&) = delete;
  test_node& operator=(const test_node&) = delete;

  asio_peer_transport& transport() { return *transport_; }
  const peer_metrics& metrics() const { return transport_->metrics(); }
  std::uint16_t port() const { return transport_->port(); }
  std::string address() const;

  void dial(const test_node& other) { transport_->dial(other.address()); }

  /// The next connection; fails the test after 5 s.
  actors::peer_connection connection();

  /// Why the next dial failed; fails the test after 5 s.
  std::string failure();

  std::size_t connection_count();
  std::size_t failure_count();
  std::string log_text();

  /// Waits until the log says `text`; false after 5 s.
  bool logs(std::string_view text);

private:
  template <class Ready>
  bool wait(Ready ready);

  struct log_sink;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<actors::peer_connection> connections_;
  std::vector<std::string> failures_;
  std::string log_;
  std::size_t connections_taken_ = 0;
  std::size_t failures_taken_ = 0;
  std::unique_ptr<asio_peer_transport> transport_;
};

/// Looks again and again until `ready`; false after 5 s.
bool eventually(const std::function<bool()>& ready);

/// Blocking helpers on a handed-out descriptor; give up after 5 s.
bool send_all(int fd, std::string_view bytes);
std::string receive(int fd, std::size_t size);
/// True once the other side has closed (what came before is dropped).
bool at_end(int fd);

} // namespace net::peer::test
