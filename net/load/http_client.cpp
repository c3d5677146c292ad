#include "net/load/http_client.hpp"

#include "net/load/errors.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace net::load {

namespace {

constexpr std::string_view length_header = "\r\ncontent-length:";
constexpr std::size_t max_answer = 16 * 1024 * 1024;

} // namespace

http_answer read_http_answer(std::string_view bytes) {
  using enum http_answer::status;
  http_answer out;
  auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) {
    out.what = bytes.size() > max_answer ? malformed : incomplete;
    return out;
  }
  out.what = malformed;
  auto head = bytes.substr(0, end + 2);
  if (!head.starts_with("HTTP/1.1 ")
      || std::from_chars(head.data() + 9, head.data() + head.size(), out.code)
                 .ec
             != std::errc{})
    return out;
  auto at =
      std::search(head.begin(), head.end(), length_header.begin(),
                  length_header.end(), [](char a, char b) {
                    return std::tolower(static_cast<unsigned char>(a)) == b;
                  });
  std::size_t length = 0;
  if (at != head.end()) {
    auto from = head.substr(static_cast<std::size_t>(at - head.begin())
                            + length_header.size());
    from.remove_prefix(std::min(from.find_first_not_of(' '), from.size()));
    if (std::from_chars(from.data(), from.data() + from.size(), length).ec
        != std::errc{})
      return out;
  } else if (out.code != 204) {
    return out;
  }
  if (length > max_answer)
    return out;
  out.size = end + 4 + length;
  out.what = bytes.size() < out.size ? incomplete : complete;
  out.body = bytes.substr(end + 4, length);
  return out;
}

http_client::http_client(loop& events, const target& where, answered tell)
    : events_(events), where_(where), tell_(std::move(tell)) {}

http_client::~http_client() {
  if (fd_ >= 0)
    ::close(fd_);
}

void http_client::start(std::size_t number) {
  fd_ = start_connect(where_, number);
  if (fd_ < 0)
    throw load_error("A connection to " + where_.host
                     + " failed: " + std::strerror(errno) + ".");
  events_.add(fd_, EPOLLIN | EPOLLOUT, *this);
}

void http_client::send(std::string_view request) {
  sent_at = now();
  out_ = request;
  if (connected_)
    flush();
}

void http_client::on_events(std::uint32_t events) {
  if (fd_ < 0)
    return;
  if ((events & EPOLLOUT) != 0) {
    if (!std::exchange(connected_, true))
      sent_at = now();
    flush();
  }
  if (fd_ >= 0 && (events & ~std::uint32_t{EPOLLOUT}) != 0)
    read();
}

void http_client::flush() {
  bool blocked = false;
  while (!out_.empty() && !blocked) {
    auto n = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n >= 0)
      out_.erase(0, static_cast<std::size_t>(n));
    else if (errno == EAGAIN)
      blocked = true;
    else if (errno != EINTR)
      return fail(std::strerror(errno));
  }
  if (blocked)
    events_.change(fd_, EPOLLIN | EPOLLOUT, *this);
  else
    events_.change(fd_, EPOLLIN, *this);
}

void http_client::read() {
  char* buffer = events_.buffer(loop::read_size);
  auto got = recv(fd_, buffer, loop::read_size, 0);
  if (got == 0)
    return fail("the server closed the connection");
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR)
      fail(std::strerror(errno));
    return;
  }
  in_.append(buffer, static_cast<std::size_t>(got));
  auto answer = read_http_answer(in_);
  if (answer.what == http_answer::status::malformed)
    return fail("the server sends an HTTP answer without a length");
  if (answer.what == http_answer::status::incomplete)
    return;
  auto whole = std::exchange(in_, {});
  tell_(*this, read_http_answer(whole));
}

void http_client::fail(std::string why) {
  failure_ = std::move(why);
  ::close(std::exchange(fd_, -1));
}

} // namespace net::load
