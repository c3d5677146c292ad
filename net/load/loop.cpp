#include "net/load/loop.hpp"

#include "net/load/errors.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace net::load {

namespace {

epoll_event event_of(std::uint32_t events, watched& what) {
  epoll_event out{};
  out.events = events;
  out.data.ptr = &what;
  return out;
}

} // namespace

loop::loop(bool spin)
    : fd_(epoll_create1(EPOLL_CLOEXEC)), spin_(spin), buffer_(2 * read_size) {
  if (fd_ < 0)
    throw load_error(std::string{"The kernel gives no epoll: "}
                     + std::strerror(errno) + ".");
  // Waits end when they should, not 50 µs later.
  prctl(PR_SET_TIMERSLACK, 1);
}

loop::~loop() {
  ::close(fd_);
}

void loop::add(int fd, std::uint32_t events, watched& what) {
  auto event = event_of(events, what);
  if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0)
    throw load_error(std::string{"A socket can't be watched: "}
                     + std::strerror(errno) + ".");
}

void loop::change(int fd, std::uint32_t events, watched& what) {
  auto event = event_of(events, what);
  epoll_ctl(fd_, EPOLL_CTL_MOD, fd, &event);
}

void loop::run(std::uint64_t deadline) {
  auto time = now();
  auto left = deadline > time && !spin_ ? deadline - time : 0;
  timespec wait{static_cast<time_t>(left / second),
                static_cast<long>(left % second)};
  std::array<epoll_event, 512> events;
  auto size = static_cast<int>(events.size());
  int n = epoll_pwait2(fd_, events.data(), size, &wait, nullptr);
  if (n < 0 && errno == ENOSYS) // before Linux 5.11
    n = epoll_wait(fd_, events.data(), size,
                   static_cast<int>(left / millisecond));
  for (int i = 0; i < n; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    static_cast<watched*>(event.data.ptr)->on_events(event.events);
  }
}

} // namespace net::load
