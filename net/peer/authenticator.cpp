#include "net/peer/authenticator.hpp"

#include "net/peer/mutual_tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace net::peer {

namespace {

auto into(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

/// How long a refused peer may take to read why and close.
constexpr std::chrono::milliseconds linger{1000};

/// A TLS record: handshake or alert, of any version.
bool looks_like_tls(std::string_view bytes) {
  return bytes.size() >= 2 && (bytes[0] == 0x16 || bytes[0] == 0x15)
         && bytes[1] == 0x03;
}

} // namespace

authenticator::authenticator(tcp::socket socket, role side,
                             const handshake_terms& terms,
                             asio::ssl::context* tls)
    : side_(side), terms_(terms), deadline_(socket.get_executor()) {
  if (tls != nullptr)
    tls_ = std::make_unique<tls_stream>(std::move(socket), *tls);
  else
    plain_ = std::move(socket);
}

void authenticator::start(std::chrono::milliseconds limit,
                          on_finished finished) {
  finished_ = std::move(finished);
  arm_deadline(limit);
  asio::co_spawn(
      deadline_.get_executor(),
      [self = shared_from_this()] { return self->run(); },
      [self = shared_from_this()](std::exception_ptr failed) {
        if (failed)
          self->give_up(refusal_reason::exhausted,
                        "this node has no memory or random bytes left");
      });
}

void authenticator::arm_deadline(std::chrono::milliseconds limit) {
  deadline_.expires_after(limit);
  deadline_.async_wait([self = shared_from_this(), limit](error_code ec) {
    if (!ec)
      self->give_up(refusal_reason::timeout,
                    "it did not finish the handshake within "
                        + std::to_string(limit.count()) + " ms");
  });
}

void authenticator::give_up(refusal_reason reason, std::string why) {
  if (!refused_)
    refused_ = refusal{reason, false, {}, std::move(why)};
  settle(*refused_);
}

asio::awaitable<void> authenticator::run() {
  std::string channel_key;
  if (tls_) {
    error_code ec;
    co_await tls_->async_handshake(side_ == role::dialler
                                       ? asio::ssl::stream_base::client
                                       : asio::ssl::stream_base::server,
                                   into(ec));
    if (ec)
      co_return fail(ec);
    channel_key = tls_channel(tls_->native_handle());
    if (channel_key.empty())
      co_return give_up(refusal_reason::tls, "TLS gives no channel binding");
  }
  handshake talk{side_, terms_, std::move(channel_key)};
  if (tls_)
    co_await converse(*tls_, talk);
  else
    co_await converse(*plain_, talk);
}

template <class Stream>
asio::awaitable<void> authenticator::converse(Stream& stream, handshake& talk) {
  // A failed write is not the end: the reason may be there to be read.
  error_code ignored;
  auto hello = talk.start();
  if (!hello.empty())
    co_await asio::async_write(stream, asio::buffer(hello), into(ignored));
  frame_header header;
  std::string body;
  while (finished_ && co_await read_frame(stream, header, body)) {
    auto next = talk.receive(header, body);
    has_spoken_ = true;
    refused_ = next.refused;
    error_code ec;
    if (!next.reply.empty())
      co_await asio::async_write(stream, asio::buffer(next.reply), into(ec));
    if (refused_) {
      if (!refused_->by_peer)
        co_await wait_for_end();
      co_return settle(*refused_);
    }
    if (ec)
      co_return fail(ec);
    if (next.done)
      co_return settle(
          channel{talk.peer(), std::move(plain_), std::move(tls_)});
  }
}

template <class Stream>
asio::awaitable<bool> authenticator::read_frame(Stream& stream,
                                                frame_header& header,
                                                std::string& body) {
  std::array<char, frame_header_size> head{};
  std::size_t have = 0;
  error_code ec;
  while (have < head.size()) {
    have += co_await stream.async_read_some(
        asio::buffer(head.data() + have, head.size() - have), into(ec));
    if (ec) {
      fail(ec);
      co_return false;
    }
    std::string_view begin{head.data(), have};
    if (!may_begin_frame(begin)) {
      give_up(refusal_reason::junk,
              !tls_ && looks_like_tls(begin)
                  ? "it speaks TLS, for which this node has no certificate"
                  : "it does not speak the link protocol");
      co_return false;
    }
  }
  header = parse_header(head);
  body.resize(header.body_size);
  co_await asio::async_read(stream, asio::buffer(body), into(ec));
  if (ec)
    fail(ec);
  co_return !ec;
}

asio::awaitable<void> authenticator::wait_for_end() {
  // Closing with unread bytes would reset the connection and might destroy
  // the refusal on its way.
  arm_deadline(linger);
  error_code ec;
  socket().shutdown(tcp::socket::shutdown_send, ec);
  std::array<char, 512> rest;
  for (auto round = 0; !ec && finished_ && round < 16; ++round)
    co_await socket().async_read_some(asio::buffer(rest), into(ec));
}

void authenticator::fail(const error_code& ec) {
  if (ec.category() == asio::error::get_ssl_category()
      || ec.category() == asio::ssl::error::get_stream_category())
    return give_up(refusal_reason::tls, tls_failure(tls_->native_handle(), ec));
  if (ec != asio::error::eof)
    return give_up(refusal_reason::closed, ec.message());
  // What a TLS port does when it hears a plain hello.
  auto want_tls = side_ == role::dialler && !tls_ && !has_spoken_;
  give_up(refusal_reason::closed,
          want_tls ? "it closed the connection without an answer; it may "
                     "want TLS"
                   : "it closed the connection during the handshake");
}

void authenticator::settle(outcome result) {
  auto finished = std::exchange(finished_, nullptr);
  if (!finished)
    return;
  deadline_.cancel();
  if (std::holds_alternative<refusal>(result)) {
    error_code ignored;
    socket().close(ignored);
  }
  finished(std::move(result));
}

} // namespace net::peer
