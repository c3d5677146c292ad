#include "net/websocket/websocket_session.hpp"

#include "net/websocket/frame_reader.hpp"
#include "net/websocket/out_queue.hpp"
#include "net/websocket/send_batch.hpp"
#include "net/websocket/upgrade.hpp"
#include "proto/errors.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>

#include <chrono>
#include <concepts>
#include <cstring>
#include <memory>
#include <span>
#include <sys/socket.h>

namespace net {

namespace {

/// How long a client may take to answer a close frame.
constexpr std::chrono::seconds close_grace{5};

/// Bytes that one TLS write takes: one record.
constexpr std::size_t tls_chunk = 16 * 1024;

/// Bytes that one TLS read asks for.
constexpr std::size_t tls_read_size = 2 * 1024;

/// One WebSocket client: bytes in go to its connection actor, frames out queue
/// here and leave together at the end of the turn.
///
/// It waits for a plain socket without a buffer, and reads into that of its
/// lane: what a silent client costs is little more than its two objects here.
///
/// One read and at most one write are under way. The session and its connection
/// hold each other; `finish` breaks the cycle, and is reached on every path
/// out.
template <class Stream>
class websocket_session final
    : public actors::client_link,
      public batched_sender,
      public registered_session,
      private frame_sink,
      public std::enable_shared_from_this<websocket_session<Stream>> {
public:
  websocket_session(gateway& node, lane_gateway& where, Stream stream)
      : node_(node), where_(where), stream_(std::move(stream)),
        frames_(config().message_size_limit) {
    where_.sessions.add(*this);
    metrics().open_connections.add();
  }

  ~websocket_session() override { metrics().open_connections.sub(); }

  void run(const upgrade_request& request, actors::client_origin origin) {
    auto field = [&](http::field name) {
      const auto value = request[name];
      return std::string_view{value.data(), value.size()};
    };
    const auto choice =
        choose_upgrade({request.target().data(), request.target().size()},
                       field(http::field::sec_websocket_protocol));
    origin.format = choice.format;
    origin.transport_pings = choice.transport_pings;
    enqueue(upgrade_answer(field(http::field::sec_websocket_key),
                           choice.subprotocol));
    auto handle = actors::spawn_on<actors::connection>(
        *where_.lane, *node_.services, where_.audience,
        std::shared_ptr<actors::client_link>{self()}, std::move(origin));
    owner_ = caf::actor_cast<caf::strong_actor_ptr>(handle);
    connection_ = static_cast<actors::connection*>(
        caf::actor_cast<caf::abstract_actor*>(owner_));
    if (choice.transport_pings)
      start_pings();
    wait_readable();
  }

  // -- actors::client_link ----------------------------------------------------

  void send(const proto::frame_ptr& frame) override {
    if (closing_)
      return;
    const auto before = queue_.bytes();
    queue_.push(frame);
    metrics().queued_bytes.add(
        static_cast<std::int64_t>(queue_.bytes() - before));
    where_.sends.add(*this);
  }

  std::size_t queued_bytes() const override { return queue_.bytes(); }

  void tell_when_below(std::size_t bytes) override {
    low_mark_ = std::max(low_mark_, bytes);
  }

  void close(std::uint32_t code, std::string_view reason, bool flush) override {
    if (closing_ || finished_)
      return;
    closing_ = true;
    if (code
        == static_cast<std::uint32_t>(
            proto::disconnect_code::connection_closed))
      return finish("closed by the server");
    if (!flush)
      drop_unstarted();
    start_grace();
    enqueue(close_frame(static_cast<std::uint16_t>(code), reason));
    closed_by_us_ = true;
    wait_readable(); // for the client's close frame
  }

  void pause_reading() override { paused_ = true; }

  void resume_reading() override {
    if (std::exchange(paused_, false))
      // Not within what a read has called.
      asio::post(stream_.get_executor(), [self = self()] {
        self->take({});
        self->wait_readable();
      });
  }

  // -- registered_session -----------------------------------------------------

  void shut_down() override {
    using proto::disconnect_code;
    if (connection_)
      connection_->disconnect(
          static_cast<std::uint32_t>(disconnect_code::shutdown),
          proto::reason(disconnect_code::shutdown));
    else
      finish("the node stops");
  }

  void cut() override { finish("the node stops"); }

  // -- batched_sender ---------------------------------------------------------

  std::shared_ptr<void> hold() override { return self(); }

  int gather(std::vector<iovec>& out) override {
    if (writing_ || finished_)
      return -1;
    if (queue_.empty()) {
      if (ending_)
        finish("closed");
      return -1;
    }
    if constexpr (tls) {
      write_tls();
      return -1;
    } else {
      queue_.gather(out);
      return socket().native_handle();
    }
  }

  void on_sent(int result) override {
    if (finished_)
      return;
    if (result == -EAGAIN)
      return wait_writable();
    if (result < 0)
      return finish(std::string{"a write failed: "} + std::strerror(-result));
    written(static_cast<std::size_t>(result));
    if (!queue_.empty()) // the socket was full, or there were many buffers
      return where_.sends.add(*this);
    stall_.reset();
    if (ending_)
      finish("closed");
  }

private:
  static constexpr bool tls = std::same_as<Stream, tls_socket>;

  auto self() { return this->shared_from_this(); }
  plain_socket& socket() { return beast::get_lowest_layer(stream_); }
  actors::lane_metrics& metrics() { return where_.lane->metrics(); }

  const config::websocket_section& config() const {
    return node_.config->websocket;
  }

  // -- reading ----------------------------------------------------------------

  bool reads() const {
    return !finished_ && !ending_ && (!paused_ || closing_);
  }

  void wait_readable() {
    if (!reads() || std::exchange(reading_, true))
      return;
    if constexpr (tls) {
      tls_input_.resize(tls_read_size);
      stream_.async_read_some(asio::buffer(tls_input_),
                              [self = self()](error_code ec, std::size_t n) {
                                self->reading_ = false;
                                if (ec)
                                  return self->end_when_sent(ec.message());
                                self->take({self->tls_input_.data(), n});
                                self->wait_readable();
                              });
    } else {
      socket().async_wait(plain_socket::wait_read,
                          [self = self()](error_code ec) {
                            self->reading_ = false;
                            if (ec)
                              return self->end_when_sent(ec.message());
                            self->receive();
                          });
    }
  }

  void receive() {
    auto& input = where_.input;
    const auto n =
        ::recv(socket().native_handle(), input.data(), input.size(), 0);
    if (n == 0)
      return end_when_sent("the client closed the connection");
    if (n > 0)
      take({input.data(), static_cast<std::size_t>(n)});
    else if (errno != EAGAIN && errno != EINTR)
      return end_when_sent(std::strerror(errno));
    wait_readable();
  }

  void take(std::span<char> bytes) {
    if (!reads())
      return;
    const auto wrong = frames_.read(bytes, *this);
    if (!wrong || finished_)
      return;
    if (!closed_by_us_)
      enqueue(close_frame(static_cast<std::uint16_t>(wrong->code), wrong->why));
    end_when_sent(wrong->why);
  }

  // -- frame_sink -------------------------------------------------------------

  bool on_message(std::string_view bytes) override {
    metrics().bytes_received.add(bytes.size());
    if (!closing_ && connection_) {
      const caf::strong_actor_ptr hold = owner_;
      connection_->on_message(bytes);
    }
    return reads();
  }

  void on_ping(std::string_view payload) override {
    if (!closing_)
      enqueue(pong_frame(payload));
  }

  void on_close(std::uint16_t code, std::string_view) override {
    if (closed_by_us_)
      return end_when_sent("closed by the server");
    enqueue(close_frame(code, {}));
    end_when_sent("closed by the client with " + std::to_string(code));
  }

  /// Lets what is queued go out first: the answer to a close frame, or a close
  /// frame that says what the client did wrong.
  void end_when_sent(std::string_view why) {
    closing_ = true;
    ending_ = true;
    leave(why);
    if (finished_ || queue_.empty())
      return finish(why);
    start_grace();
    where_.sends.add(*this);
  }

  // -- writing ----------------------------------------------------------------

  void enqueue(std::string bytes) {
    if (finished_)
      return;
    metrics().queued_bytes.add(static_cast<std::int64_t>(bytes.size()));
    queue_.push(std::move(bytes));
    where_.sends.add(*this);
  }

  void wait_writable() {
    writing_ = true;
    arm_stall();
    socket().async_wait(
        plain_socket::wait_write, [self = self()](error_code ec) {
          self->writing_ = false;
          if (ec)
            return self->finish("a write failed: " + ec.message());
          self->where_.sends.add(*self);
        });
  }

  void write_tls() {
    writing_ = true;
    tls_buffer_.clear();
    queue_.copy(tls_buffer_, tls_chunk);
    arm_stall();
    asio::async_write(stream_, asio::buffer(tls_buffer_),
                      [self = self()](error_code ec, std::size_t sent) {
                        self->writing_ = false;
                        if (ec)
                          return self->finish("a write failed: "
                                              + ec.message());
                        self->written(sent);
                        if (self->queue_.empty()) {
                          self->stall_.reset();
                          std::string{}.swap(self->tls_buffer_);
                        }
                        self->where_.sends.add(*self);
                      });
  }

  void written(std::size_t n) {
    queue_.consume(n);
    metrics().queued_bytes.sub(static_cast<std::int64_t>(n));
    metrics().bytes_sent.add(n);
    if (stall_)
      arm_stall(); // it moves
    if (queue_.bytes() < low_mark_ && connection_) {
      low_mark_ = 0;
      connection_->on_drained();
    }
  }

  /// A write that makes no progress for write_timeout ends the connection.
  void arm_stall() {
    if (!stall_)
      stall_ = std::make_unique<asio::steady_timer>(where_.lane->io());
    stall_->expires_after(config().write_timeout);
    stall_->async_wait([self = self()](error_code ec) {
      if (!ec)
        self->finish("the client took no data for the write timeout");
    });
  }

  // -- the end ----------------------------------------------------------------

  void drop_unstarted() {
    const auto before = queue_.bytes();
    queue_.drop_unstarted();
    metrics().queued_bytes.sub(
        static_cast<std::int64_t>(before - queue_.bytes()));
  }

  void start_grace() {
    grace_ = std::make_unique<asio::steady_timer>(where_.lane->io());
    grace_->expires_after(close_grace);
    grace_->async_wait([self = self()](error_code ec) {
      if (!ec)
        self->finish("the client did not close in time");
    });
  }

  void start_pings() {
    pings_ = std::make_unique<asio::steady_timer>(where_.lane->io());
    pings_->expires_after(node_.config->client.ping_interval);
    pings_->async_wait([self = self()](error_code ec) {
      if (ec || self->closing_ || self->finished_)
        return;
      self->enqueue(ping_frame());
      self->start_pings();
    });
  }

  /// Lets the connection actor go.
  void leave(std::string_view why) {
    if (!connection_)
      return;
    const auto hold = std::move(owner_);
    owner_ = nullptr;
    std::exchange(connection_, nullptr)->on_closed(why);
  }

  void finish(std::string_view why) {
    if (std::exchange(finished_, true))
      return;
    const auto hold = self();
    closing_ = true;
    grace_.reset();
    stall_.reset();
    pings_.reset();
    leave(why);
    metrics().queued_bytes.sub(static_cast<std::int64_t>(queue_.bytes()));
    queue_.clear();
    batched_sender::unlink();
    registered_session::unlink();
    error_code ignored;
    socket().shutdown(plain_socket::shutdown_both, ignored);
    socket().close(ignored);
  }

  gateway& node_;
  lane_gateway& where_;
  Stream stream_;
  frame_reader frames_;
  out_queue queue_;
  std::size_t low_mark_ = 0; // tell the connection when less is queued
  // Of TLS only.
  std::string tls_input_;
  std::string tls_buffer_;

  caf::strong_actor_ptr owner_;
  actors::connection* connection_ = nullptr; // as long as owner_

  std::unique_ptr<asio::steady_timer> grace_;
  std::unique_ptr<asio::steady_timer> stall_;
  std::unique_ptr<asio::steady_timer> pings_;

  bool reading_ = false;
  bool writing_ = false;
  bool paused_ = false;
  bool closing_ = false; // no frame may follow
  bool ending_ = false;  // finish once the queue is written
  bool finished_ = false;
  bool closed_by_us_ = false; // our close frame is queued or sent
};

template <class Stream>
void serve(gateway& node, lane_gateway& where, Stream stream,
           const upgrade_request& request, actors::client_origin origin) {
  std::make_shared<websocket_session<Stream>>(node, where, std::move(stream))
      ->run(request, std::move(origin));
}

} // namespace

void serve_websocket(gateway& node, lane_gateway& where, plain_socket socket,
                     const upgrade_request& request,
                     actors::client_origin origin) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  serve(node, where, std::move(socket), request, std::move(origin));
}

void serve_websocket(gateway& node, lane_gateway& where, tls_socket socket,
                     const upgrade_request& request,
                     actors::client_origin origin) {
  error_code ignored;
  socket.next_layer().set_option(tcp::no_delay(true), ignored);
  serve(node, where, std::move(socket), request, std::move(origin));
}

} // namespace net
