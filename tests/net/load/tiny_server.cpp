#include "tests/net/load/tiny_server.hpp"

#include "net/load/loopback_server.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace net::load {

namespace {

/// What stands between two words.
std::string_view between(std::string_view text, std::string_view start,
                         std::string_view end) {
  auto from = text.find(start);
  if (from == text.npos)
    return {};
  text.remove_prefix(from + start.size());
  return text.substr(0, text.find(end));
}

} // namespace

tiny_server::tiny_server(const faults& with) : faults_(with) {
  listener_ = listen_on_loopback(128, port_);
  if (listener_ < 0)
    throw std::runtime_error("a test server can't listen");
  thread_ = std::thread{[this] {
    run();
  }};
}

tiny_server::~tiny_server() {
  stopping_ = true;
  thread_.join();
  for (const auto& [fd, c] : clients_)
    ::close(fd);
  ::close(listener_);
}

std::string tiny_server::url() const {
  return "ws://127.0.0.1:" + std::to_string(port_);
}

void tiny_server::run() {
  while (!stopping_) {
    std::vector<pollfd> waits{{listener_, POLLIN, 0}};
    for (const auto& [fd, c] : clients_)
      waits.push_back({fd, POLLIN, 0});
    poll(waits.data(), waits.size(), 10);
    if (waits[0].revents != 0) {
      int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      clients_[fd].fd = fd;
    }
    for (std::size_t i = 1; i < waits.size(); ++i) {
      auto found = clients_.find(waits[i].fd);
      if (waits[i].revents == 0 || found == clients_.end()
          || read(found->second))
        continue;
      ::close(found->first);
      clients_.erase(found);
    }
  }
}

bool tiny_server::read(client& from) {
  char buffer[65'536];
  auto n = recv(from.fd, buffer, sizeof(buffer), 0);
  if (n <= 0)
    return false;
  from.in.append(buffer, static_cast<std::size_t>(n));
  if (!from.upgraded) {
    auto end = from.in.find("\r\n\r\n");
    if (end == from.in.npos)
      return true;
    from.in.erase(0, end + 4);
    from.upgraded = true;
    write(from.fd, faults_.upgrade_answer.empty() ? accepted_upgrade
                                                  : faults_.upgrade_answer);
  }
  for (;;) {
    if (from.in.size() < 2)
      return true;
    auto size = static_cast<std::size_t>(from.in[1] & 0x7f);
    std::size_t head = 6;
    if (size == 126) {
      if (from.in.size() < 4)
        return true;
      size = static_cast<std::size_t>(static_cast<unsigned char>(from.in[2]))
                 << 8
             | static_cast<unsigned char>(from.in[3]);
      head = 8;
    }
    if (from.in.size() < head + size)
      return true;
    auto message = from.in.substr(head, size);
    if ((from.in[0] & 0x0f) == 8)
      return false;
    from.in.erase(0, head + size);
    hear(from, message);
    if (!clients_.contains(from.fd))
      return true;
  }
}

void tiny_server::hear(client& from, std::string_view message) {
  if (message.starts_with(R"({"sub":)")) {
    from.room = between(message, R"({"sub":")", "\"");
    send(from, faults_.refuses ? R"({"error":"no"})" : R"({"ok":1})");
  } else if (message.starts_with(R"({"pub":)")) {
    std::string room{between(message, R"({"pub":")", "\"")};
    publish(room, message.substr(message.find(R"("data":)") + 7));
  } else if (message.starts_with(R"({"echo":)")) {
    send(from, message);
  }
}

void tiny_server::publish(const std::string& room, std::string_view data) {
  ++publications_;
  auto every = [this](int n) {
    return n > 0 && publications_ % n == 0;
  };
  if (every(faults_.close_after)) {
    for (const auto& [fd, c] : clients_)
      shutdown(fd, SHUT_RDWR);
    return;
  }
  if (every(faults_.lose_every))
    return;
  auto message = R"({"room":"x","data":)" + std::string{data};
  for (int i = every(faults_.double_every) ? 2 : 1; i > 0; --i)
    for (const auto& [fd, c] : clients_)
      if (c.room == room)
        send(c, message);
}

void tiny_server::send(const client& to, std::string_view message) {
  std::string out;
  if (faults_.fragments) {
    append_server_frame(out, 0x01, message.substr(0, message.size() / 2));
    append_server_frame(out, 0x89, "ping"); // may stand between fragments
    append_server_frame(out, 0x80, message.substr(message.size() / 2));
  } else {
    append_server_frame(out, 0x81, message);
  }
  write(to.fd, out);
}

void tiny_server::write(int fd, std::string_view bytes) const {
  while (!bytes.empty()) {
    auto size = bytes.size();
    if (faults_.pieces > 0)
      size = std::min(size, static_cast<std::size_t>(faults_.pieces));
    auto n = ::send(fd, bytes.data(), size, MSG_NOSIGNAL);
    if (n <= 0)
      return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

} // namespace net::load
