#include "net/load/sink.hpp"

#include "net/load/clock.hpp"
#include "net/load/errors.hpp"
#include "net/load/loopback_server.hpp"
#include "net/load/payload.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace net::load {

namespace {

constexpr int poll_ms = 100;

constexpr int whole_text = 0x81;

[[noreturn]] void fail() {
  throw load_error(std::string{"The sink can't listen: "} + std::strerror(errno)
                   + ".");
}

} // namespace

sink::sink(const options& with) : options_(with) {
  listener_ = listen_on_loopback(4096, port_);
  if (listener_ < 0)
    fail();
  thread_ = std::thread{[this] {
    run();
  }};
  if (options_.core < 0)
    return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(options_.core), &cores);
  if (pthread_setaffinity_np(thread_.native_handle(), sizeof(cores), &cores)
      != 0) {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
    throw usage_error("There is no core " + std::to_string(options_.core)
                      + " (--sink-core).");
  }
}

sink::~sink() {
  stopping_ = true;
  if (thread_.joinable())
    thread_.join();
  for (int fd : clients_)
    ::close(fd);
  ::close(listener_);
}

int sink::accept_one() const {
  pollfd wait{listener_, POLLIN, 0};
  if (poll(&wait, 1, poll_ms) <= 0)
    return -1;
  int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0)
    return -1;
  timeval patience{0, poll_ms * 1000};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  // What a client sends first is its upgrade, in one piece; the rest of what
  // it sends nobody reads.
  char request[4096];
  if (recv(fd, request, sizeof(request), 0) <= 0
      || send(fd, accepted_upgrade.data(), accepted_upgrade.size(),
              MSG_NOSIGNAL)
             < 0) {
    ::close(fd);
    return -1;
  }
  // The answers to connect and subscribe.
  std::string ready;
  append_server_frame(ready, whole_text,
                      "{\"id\":1,\"connect\":{}}\n"
                      "{\"id\":2,\"subscribe\":{}}");
  send(fd, ready.data(), ready.size(), MSG_NOSIGNAL);
  return fd;
}

void sink::send_all(const std::string& bytes) {
  for (int fd : clients_) {
    for (std::size_t sent = 0; sent < bytes.size() && !stopping_;) {
      auto n = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n > 0)
        sent += static_cast<std::size_t>(n);
      else if (errno != EAGAIN && errno != EINTR)
        return;
    }
  }
}

void sink::run() {
  while (clients_.size() < options_.connections && !stopping_)
    if (int fd = accept_one(); fd >= 0)
      clients_.push_back(fd);
  while (!going_ && !stopping_)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  payload_writer payload{options_.payload_size};
  std::string frames;
  std::string push;
  for (std::uint64_t number = 0; !stopping_;) {
    frames.clear();
    const auto time = now();
    for (std::size_t i = 0; i < options_.frames; ++i, ++number) {
      push = R"({"push":{"channel":"load:self","pub":{"data":)";
      push += payload.write({0, number, time});
      push += R"(,"offset":)" + std::to_string(number + 1) + "}}}";
      append_server_frame(frames, whole_text, push);
    }
    send_all(frames);
  }
}

} // namespace net::load
