#include "tests/net/peer/peer_test.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace net::peer::test {

namespace {

constexpr std::chrono::seconds patience{5};

bool wait_for(int fd, short events) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, 5000) == 1;
}

} // namespace

peer_options options_of(const std::string& node) {
  peer_options options;
  options.listen = {"127.0.0.1", 0};
  options.self = {node, "00000000000000" + node.substr(0, 1) + "0",
                  "127.0.0.1:7000", node == "a"};
  options.cluster = "c";
  options.secret = "s3cret";
  return options;
}

struct test_node::log_sink final : spdlog::sinks::base_sink<std::mutex> {
  explicit log_sink(test_node& node) : node(node) {}

  void sink_it_(const spdlog::details::log_msg& line) override {
    std::lock_guard lock{node.mutex_};
    node.log_ += std::string{line.payload.data(), line.payload.size()} + "\n";
    node.changed_.notify_all();
  }

  void flush_() override {}

  test_node& node;
};

test_node::test_node(peer_options options) {
  auto sink = std::make_shared<log_sink>(*this);
  options.log = std::make_shared<spdlog::logger>("test", sink);
  options.log->set_level(spdlog::level::debug);
  transport_ = std::make_unique<asio_peer_transport>(std::move(options));
  transport_->open();
  transport_->start(
      [this](actors::peer_connection made) {
        std::lock_guard lock{mutex_};
        connections_.push_back(std::move(made));
        changed_.notify_all();
      },
      [this](const std::string&, std::string why) {
        std::lock_guard lock{mutex_};
        failures_.push_back(std::move(why));
        changed_.notify_all();
      });
}

test_node::~test_node() {
  transport_.reset();
  for (const auto& one : connections_)
    ::close(one.fd);
}

std::string test_node::address() const {
  return "127.0.0.1:" + std::to_string(port());
}

template <class Ready>
bool test_node::wait(Ready ready) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, ready);
}

actors::peer_connection test_node::connection() {
  if (!wait([this] { return connections_.size() > connections_taken_; })) {
    ADD_FAILURE() << "no connection; the log says: " << log_text();
    return {};
  }
  std::lock_guard lock{mutex_};
  return connections_[connections_taken_++];
}

std::string test_node::failure() {
  if (!wait([this] { return failures_.size() > failures_taken_; })) {
    ADD_FAILURE() << "no dial failed";
    return {};
  }
  std::lock_guard lock{mutex_};
  return failures_[failures_taken_++];
}

std::size_t test_node::connection_count() {
  std::lock_guard lock{mutex_};
  return connections_.size();
}

std::size_t test_node::failure_count() {
  std::lock_guard lock{mutex_};
  return failures_.size();
}

std::string test_node::log_text() {
  std::lock_guard lock{mutex_};
  return log_;
}

bool test_node::logs(std::string_view text) {
  return wait([&] { return log_.find(text) != std::string::npos; });
}

bool eventually(const std::function<bool()>& ready) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!ready()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno != EAGAIN || !wait_for(fd, POLLOUT))
      return false;
  }
  return true;
}

std::string receive(int fd, std::size_t size) {
  std::string all;
  char buffer[65536];
  while (all.size() < size) {
    auto got =
        ::recv(fd, buffer, std::min(sizeof(buffer), size - all.size()), 0);
    if (got > 0)
      all.append(buffer, static_cast<std::size_t>(got));
    else if (got == 0 || errno != EAGAIN || !wait_for(fd, POLLIN))
      break;
  }
  return all;
}

bool at_end(int fd) {
  char buffer[4096];
  for (;;) {
    auto got = ::recv(fd, buffer, sizeof(buffer), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN))
      return true;
    if (got < 0 && !wait_for(fd, POLLIN))
      return false;
  }
}

} // namespace net::peer::test
