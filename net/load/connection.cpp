#include "net/load/connection.hpp"

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace net::load {

namespace {

/// The WebSocket code for "done".
constexpr std::string_view close_normally = "\x03\xe8";

std::string close_reason(std::string_view payload) {
  if (payload.size() < 2)
    return "the server closed it without a code";
  auto code = static_cast<std::uint8_t>(payload[0]) << 8
              | static_cast<std::uint8_t>(payload[1]);
  return "the server closed it with code " + std::to_string(code) + " "
         + quote(payload.substr(2));
}

} // namespace

connection::connection(const connection_context& context, role as,
                       std::uint32_t first_source, std::uint32_t sources)
    : context_(context), role_(std::move(as)), first_source_(first_source),
      sequences_(sources) {}

connection::~connection() {
  drop();
}

void connection::start(std::size_t number) {
  drop();
  talk_ = {};
  sequences_.assign(sequences_.size(), {});
  out_.clear();
  sent_ = 0;
  rest_.clear();
  fragments_.clear();
  started_ = now();
  fd_ = start_connect(context_.server, number);
  if (fd_ < 0)
    return context_.owner.on_lost(*this, std::strerror(errno));
  state_ = state::connecting;
  watched_ = EPOLLIN | EPOLLOUT;
  context_.events.add(fd_, watched_, *this);
}

void connection::close() {
  if (context_.speaks.streams())
    shutdown(fd_, SHUT_WR);
  else
    append_frame(out_, opcode::close, close_normally);
  flush();
  if (state_ == state::closed)
    return;
  state_ = state::closing;
}

void connection::drop() {
  state_ = state::closed;
  if (fd_ < 0)
    return;
  // No port stays behind in TIME_WAIT: a run needs more than there are.
  linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  ::close(std::exchange(fd_, -1));
}

void connection::lose(const std::string& why) {
  if (state_ == state::closed)
    return;
  bool expected = state_ == state::closing;
  drop();
  context_.owner.on_lost(*this, expected ? std::string{} : why);
}

void connection::watch(std::uint32_t events) {
  if (watched_ == events || fd_ < 0)
    return;
  watched_ = events;
  context_.events.change(fd_, events, *this);
}

void connection::on_events(std::uint32_t events) {
  // An event of a socket that this round has closed.
  if (state_ == state::closed)
    return;
  if (state_ == state::connecting)
    return on_connected();
  if ((events & EPOLLOUT) != 0)
    flush();
  if (state_ != state::closed && (events & ~std::uint32_t{EPOLLOUT}) != 0)
    on_readable();
}

void connection::on_connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return lose(std::strerror(error));
  state_ = state::upgrading;
  auto base = context_.server.path.empty()
                  ? std::string{context_.speaks.default_path()}
                  : context_.server.path;
  const auto& speaks = context_.speaks;
  const auto path = speaks.path(base, role_);
  out_ += speaks.streams()
              ? speaks.request(context_.server.host, path, role_)
              : upgrade_request(context_.server.host, path,
                                speaks.subprotocol(), context_.inflates);
  flush();
}

void connection::on_readable() {
  auto have = rest_.size();
  char* buffer = context_.events.buffer(have + loop::read_size);
  std::memcpy(buffer, rest_.data(), have);
  auto got = recv(fd_, buffer + have, loop::read_size, 0);
  if (got == 0)
    return lose("the server closed the connection");
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR)
      lose(std::strerror(errno));
    return;
  }
  now_ = now();
  context_.counts.record_bytes(static_cast<std::size_t>(got));
  std::string_view bytes{buffer, have + static_cast<std::size_t>(got)};
  auto used = read_all(bytes);
  if (state_ == state::closed)
    return;
  rest_.assign(bytes.substr(used));
  if (rest_.size() > max_message)
    lose("the server sends a message of more than 64 MiB");
}

std::size_t connection::read_all(std::string_view bytes) {
  std::size_t used = 0;
  if (state_ == state::upgrading) {
    used = read_upgrade(bytes);
    if (used == 0)
      return 0;
  }
  const auto rest = bytes.substr(used);
  if (!context_.speaks.streams())
    return used + read_frames(rest);
  context_.speaks.read(talk_, role_, rest, *this);
  return bytes.size();
}

std::size_t connection::read_frames(std::string_view bytes) {
  std::size_t used = 0;
  while (state_ != state::closed) {
    const auto header =
        read_frame_header(bytes.data() + used, bytes.size() - used);
    if (header.what == frame_header::status::malformed) {
      lose("the server sends what is no WebSocket frame");
      break;
    }
    if (header.what == frame_header::status::incomplete
        || bytes.size() - used - header.size < header.payload_size)
      break;
    auto payload = bytes.substr(used + header.size,
                                static_cast<std::size_t>(header.payload_size));
    used += header.size + payload.size();
    read_frame(header, payload);
  }
  return used;
}

std::size_t connection::read_upgrade(std::string_view bytes) {
  auto answer = context_.speaks.streams()
                    ? read_stream_answer(bytes)
                    : read_upgrade_answer(bytes, context_.inflates);
  if (answer.what == upgrade_answer::status::refused)
    lose("the server " + answer.why);
  if (answer.what != upgrade_answer::status::accepted)
    return 0;
  state_ = state::opening;
  context_.speaks.open(talk_, role_, *this);
  return answer.size;
}

void connection::read_frame(const frame_header& header,
                            std::string_view payload) {
  if (static_cast<std::uint8_t>(header.kind) >= 8)
    return read_control(header.kind, payload);
  if (header.final && fragments_.empty())
    return read_message(payload, header.compressed);
  if (fragments_.empty())
    compressed_ = header.compressed;
  fragments_ += payload;
  if (fragments_.size() > max_message)
    return lose("the server sends a message of more than 64 MiB");
  if (!header.final)
    return;
  read_message(fragments_, compressed_);
  fragments_.clear();
}

void connection::read_message(std::string_view bytes, bool compressed) {
  if (!compressed)
    return context_.speaks.read(talk_, role_, bytes, *this);
  const auto* message = context_.inflates
                            ? context_.inflates->inflate(bytes, max_message)
                            : nullptr;
  if (!message)
    return lose("the server sends a compressed message that can't be read");
  context_.speaks.read(talk_, role_, *message, *this);
}

void connection::read_control(opcode kind, std::string_view payload) {
  if (kind == opcode::ping) {
    append_frame(out_, opcode::pong, payload);
    flush();
  } else if (kind == opcode::close) {
    lose(close_reason(payload));
  }
}

void connection::delivered(const char* payload) {
  const auto x = read_stamp(payload);
  context_.counts.record(x, now_);
  auto source = x.source - first_source_;
  if (source < sequences_.size())
    sequences_[source].see(x.number, context_.counts.order);
  else
    context_.counts.record_stray();
  if (role_.asks)
    context_.owner.on_answer(*this, x, now_);
}

void connection::ready() {
  talk_.ready = true;
  if (state_ != state::opening)
    return;
  state_ = state::ready;
  context_.owner.on_ready(*this);
}

void connection::refused(std::string why) {
  lose("the server " + why);
}

void connection::say(std::string_view message) {
  if (context_.speaks.streams())
    return;
  append_frame(out_, context_.speaks.kind(), message);
  flush();
}

void connection::publish(std::string_view payload) {
  std::string message;
  context_.speaks.publish(talk_, role_, payload, message);
  append_frame(out_, context_.speaks.kind(), message);
}

void connection::ask(std::string_view payload) {
  std::string message;
  context_.speaks.ask(talk_, role_, payload, message);
  append_frame(out_, context_.speaks.kind(), message);
}

void connection::flush() {
  while (sent_ < out_.size() && fd_ >= 0) {
    auto n = send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) {
        out_.erase(0, std::exchange(sent_, 0));
        return watch(EPOLLIN | EPOLLOUT);
      }
      if (errno == EINTR)
        continue;
      return lose(std::strerror(errno));
    }
    sent_ += static_cast<std::size_t>(n);
  }
  out_.clear();
  sent_ = 0;
  watch(EPOLLIN);
}

} // namespace net::load
