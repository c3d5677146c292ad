#include "net/http/http_session.hpp"

#include "net/admission/ip_range.hpp"
#include "net/admission/proxy_header.hpp"
#include "net/http/client_address.hpp"
#include "net/http/lingering_close.hpp"
#include "net/http/no_place.hpp"
#include "net/http/request_head.hpp"
#include "net/poll/poll_routes.hpp"
#include "net/stream/serve_stream.hpp"
#include "net/websocket/serve_websocket.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <concepts>
#include <memory>
#include <utility>

namespace net {

namespace {

/// One connection of HTTP/1.1, request after request.
template <class Stream>
class http_session : public std::enable_shared_from_this<http_session<Stream>> {
public:
  http_session(const http_service& service, gateway& node, lane_gateway& where,
               Stream stream, socket_place place)
      : service_(service), node_(node), where_(where),
        stream_(std::move(stream)), deadline_(where.lane->io()),
        place_(std::move(place)),
        in_(in_size(service)), chunks_{service.max_header_bytes} {}

  ~http_session() { take_back_place(); }

  void run() {
    expect(service_.request_timeout);
    error_code ec;
    const auto peer = beast::get_lowest_layer(stream_).remote_endpoint(ec);
    if (ec)
      return close();
    peer_ = peer_at(peer);
    if (service_.proxy_protocol)
      start_proxy_header();
    else
      begin();
  }

private:
  void begin() {
    if constexpr (tls)
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = self()](error_code ec) {
                                if (!ec)
                                  self->read();
                                else
                                  self->close();
                              });
    else
      read();
  }

  // -- what a balancer says first ---------------------------------------------

  struct preface {
    proxy_header header;
    std::array<char, 256> bytes;
  };

  void start_proxy_header() {
    const auto& proxies = service_.sockets.proxies;
    if (!proxies.empty() && !is_proxy(peer_, proxies))
      return close();
    preface_ = std::make_unique<preface>();
    read_proxy_header();
  }

  void read_proxy_header() {
    auto& bytes = preface_->bytes;
    beast::get_lowest_layer(stream_).async_read_some(
        asio::buffer(bytes.data(),
                     std::min(bytes.size(), preface_->header.wanted())),
        [self = self()](error_code ec, std::size_t n) {
          if (ec)
            self->close();
          else
            self->take_proxy_header(n);
        });
  }

  void take_proxy_header(std::size_t n) {
    switch (preface_->header.take({preface_->bytes.data(), n})) {
    case proxy_header::state::more:
      return read_proxy_header();
    case proxy_header::state::wrong:
      return close();
    case proxy_header::state::whole:
      break;
    }
    if (const auto& client = preface_->header.client())
      peer_ = client;
    preface_.reset();
    begin();
  }

  static constexpr bool tls = std::same_as<Stream, tls_socket>;

  using parser = http::request_parser<http::string_body>;

  auto self() { return this->shared_from_this(); }

  /// Ends the connection unless something else is expected within `limit`.
  void expect(std::chrono::milliseconds limit) {
    deadline_.expires_after(limit);
    deadline_.async_wait([self = self()](error_code ec) {
      if (!ec)
        self->close();
    });
  }

  static std::size_t in_size(const http_service& service) {
    return std::max<std::size_t>(service.max_header_bytes, 4096);
  }

  void read() {
    head_.emplace(service_.max_header_bytes);
    chunks_.left = service_.max_header_bytes;
    parser_.emplace();
    parser_->header_limit(
        static_cast<std::uint32_t>(service_.max_header_bytes));
    parser_->body_limit(boost::none); // until `admit` has said how much
    take_head();
  }

  void take_head() {
    const auto bytes = in_.data();
    switch (
        head_->scan({static_cast<const char*>(bytes.data()), bytes.size()})) {
    case head_scanner::state::whole:
      return on_head();
    case head_scanner::state::wrong:
      return refuse(head_->refusal());
    case head_scanner::state::more:
      break;
    }
    if (in_.size() == in_.max_size())
      return on_bad_request(http::error::header_limit);
    stream_.async_read_some(
        in_.prepare(std::min(head_read_size, in_.max_size() - in_.size())),
        [self = self()](error_code ec, std::size_t n) {
          if (ec)
            return self->close();
          if (self->lender_ && !self->wake_up())
            return self->close();
          self->in_.commit(n);
          self->take_head();
        });
  }

  void on_head() {
    error_code ec;
    in_.consume(head_->begin());
    in_.consume(parser_->put(in_.data(), ec));
    if (ec)
      return on_bad_request(ec);
    if (auto refusal = settle_head(parser_->get()))
      return refuse(std::move(*refusal));
    if (!parser_->is_done())
      return want_body();
    request_ = parser_->release();
    on_request();
  }

  void want_body() {
    // Fields at the end of the body are none of the request (RFC 9110, section
    // 6.5.1): whoever looked at its head has not seen them.
    request_.base() = std::move(parser_->get().base());
    auto verdict = service_.admit({node_, where_}, request_);
    if (auto* refusal = std::get_if<http_reply>(&verdict))
      return refuse(std::move(*refusal));
    const auto most = std::get<std::size_t>(verdict);
    if (parser_->content_length().value_or(0) > most)
      return on_bad_request(http::error::body_limit);
    parser_->body_limit(most);
    // A body follows: the clock starts for it.
    expect(service_.request_timeout);
    parser_->on_chunk_header(chunks_);
    const auto expected = request_[http::field::expect];
    if (expected.empty() || request_.version() < 11)
      return read_body();
    if (beast::iequals(expected, "100-continue"))
      return go_on();
    refuse({.status = 417, .body = "417 expectation failed\n"});
  }

  /// Tells a client that asked first to send its body.
  void go_on() {
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(text),
                      [self = self()](error_code ec, std::size_t) {
                        if (ec)
                          self->close();
                        else
                          self->read_body();
                      });
  }

  void read_body() {
    http::async_read(
        stream_, in_, *parser_,
        [self = self()](error_code ec, std::size_t) { self->on_body(ec); });
  }

  void on_body(error_code ec) {
    if (ec)
      return on_bad_request(ec);
    request_.body() = std::move(parser_->get().body());
    on_request();
  }

  void on_bad_request(error_code ec) {
    if (ec == http::error::header_limit)
      return refuse(
          {.status = 431, .body = "431 request header fields too large\n"});
    if (ec == http::error::buffer_overflow)
      return refuse({.status = 431,
                     .body = "431 request header fields too large: the "
                             "extensions of chunks or what follows them\n"});
    if (ec == http::error::body_limit)
      return refuse({.status = 413, .body = "413 request body too large\n"});
    if (ec.category() == make_error_code(http::error::bad_method).category())
      return refuse(
          {.status = 400, .body = "400 bad request: " + ec.message() + "\n"});
    close();
  }

  void on_request() {
    parser_.reset();
    deadline_.cancel();
    const request_context context{node_, where_};
    if (service_.gate) {
      auto verdict = service_.gate(context, request_);
      if (auto* reply = std::get_if<http_reply>(&verdict))
        return answer(std::move(*reply), keeps_alive(*reply));
      if (const auto* client = std::get_if<websocket_opening>(&verdict))
        return become_client(*client);
      if (const auto* client = std::get_if<stream_opening>(&verdict))
        return become_client(*client);
      if (const auto* poll = std::get_if<poll_request>(&verdict))
        return poll->opens()
                   ? open_session(*poll)
                   : answer_poll(context, request_, *poll, answer_later());
    }
    service_.handle(context, request_, answer_later());
  }

  on_reply answer_later() {
    return [self = self()](http_reply reply) {
      self->answer(std::move(reply), self->request_.keep_alive());
    };
  }

  /// A preflight is followed by what it asks for.
  bool keeps_alive(const http_reply& reply) const {
    return reply.status == 204 && request_.keep_alive();
  }

  actors::client_origin origin_of(config::transport kind,
                                  const peer_address& from) const {
    actors::client_origin origin;
    origin.transport = kind;
    origin.remote_address = to_string(from);
    const auto& name = node_.config->client.token.cookie;
    if (!name.empty())
      origin.cookie_token = std::string{cookie(request_, name)};
    return origin;
  }

  /// The session lives on without this socket, which may serve others.
  void open_session(const poll_request& wanted) {
    const auto from = client_address(request_, peer_, service_.sockets.proxies);
    auto reply = open_poll_session({node_, where_}, request_, wanted,
                                   origin_of(config::transport::poll, from),
                                   from, *place_.owner());
    const bool opened = reply.status == 200;
    answer(std::move(reply), opened && request_.keep_alive());
  }

  template <class Opening>
  void become_client(const Opening& wanted) {
    const auto from = client_address(request_, peer_, service_.sockets.proxies);
    if (auto refusal = settle(from))
      return refuse(std::move(*refusal));
    auto origin = origin_of(wanted.transport, from);
    const auto bytes = in_.data();
    const std::span early{static_cast<char*>(bytes.data()), bytes.size()};
    if constexpr (std::same_as<Opening, websocket_opening>)
      serve_websocket(node_, where_, std::move(stream_), request_,
                      std::move(origin), early, std::move(place_));
    else
      serve_stream(node_, where_, std::move(stream_), request_, wanted.commands,
                   std::move(origin), early, std::move(place_));
  }

  /// Counts a client behind a proxy for its own address.
  std::optional<http_reply> settle(const peer_address& client) {
    if (service_.sockets.proxies.empty() && !service_.proxy_protocol)
      return std::nullopt;
    const auto why = place_.owner()->settle(place_, client,
                                            std::chrono::steady_clock::now());
    if (why == admission::refusal::none)
      return std::nullopt;
    return no_place(why, where_.lane->metrics());
  }

  /// Answers a request that we did not read to its end, or do not want.
  void refuse(http_reply reply) {
    if (service_.refusal_headers)
      for (auto& field : service_.refusal_headers(request_))
        reply.headers.push_back(std::move(field));
    answer(std::move(reply), false);
  }

  void answer(http_reply reply, bool keep_alive) {
    const bool head = request_.method() == http::verb::head;
    response_.emplace(static_cast<http::status>(reply.status), 11);
    auto& response = *response_;
    response.set(http::field::server, "Roost");
    response.set(http::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.headers)
      response.set(name, value);
    response.keep_alive(keep_alive);
    response.body() = std::move(reply.body);
    response.prepare_payload();
    if (head) // the length stays that of what GET would answer
      response.body().clear();
    expect(service_.request_timeout);
    http::async_write(stream_, response,
                      [self = self(), keep_alive](error_code ec, std::size_t) {
                        self->on_written(ec, keep_alive);
                      });
  }

  void on_written(error_code ec, bool keep_alive) {
    response_.reset();
    request_ = {};
    if (ec)
      return close();
    if (!keep_alive)
      return linger();
    if (in_.size() == 0)
      fall_idle();
    else
      expect(service_.request_timeout);
    read();
  }

  // -- between two requests ---------------------------------------------------

  void fall_idle() {
    expect(service_.idle_timeout);
    lender_ = place_.owner();
    ticket_ = lender_->lend(std::move(place_), [weak = this->weak_from_this(),
                                                &io = where_.lane->io()] {
      asio::post(io, [weak] {
        if (const auto self = weak.lock())
          self->close();
      });
    });
  }

  /// The clock of a later request starts with its first byte. False when the
  /// place has been given to somebody else.
  bool wake_up() {
    expect(service_.request_timeout);
    take_back_place();
    return static_cast<bool>(place_);
  }

  void take_back_place() {
    if (const auto lender = std::exchange(lender_, nullptr))
      place_ = lender->take_back(ticket_);
  }

  // -- the end ----------------------------------------------------------------

  void linger() {
    if constexpr (tls) {
      // Its own end first, or the answer counts as cut. What comes in place of
      // the client's is an error here, and then read as any bytes.
      expect(tls_end_timeout);
      stream_.async_shutdown(
          [self = self()](error_code) { self->hand_over(); });
    } else {
      hand_over();
    }
  }

  void hand_over() {
    deadline_.cancel();
    auto& socket = beast::get_lowest_layer(stream_);
    if (socket.is_open())
      close_lingering(where_, std::move(socket), service_.request_timeout,
                      std::move(place_));
  }

  void close() {
    deadline_.cancel();
    take_back_place();
    error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_);
    socket.shutdown(plain_socket::shutdown_both, ignored);
    socket.close(ignored);
  }

  /// Adds up what chunks say beside their size.
  struct chunk_meter {
    std::size_t left;
    void operator()(std::uint64_t, beast::string_view extensions,
                    error_code& ec) {
      if (extensions.size() > left)
        ec = http::error::buffer_overflow;
      else
        left -= extensions.size();
    }
  };

  static constexpr std::size_t head_read_size = 2048;
  static constexpr std::chrono::milliseconds tls_end_timeout{1000};

  const http_service& service_;
  gateway& node_;
  lane_gateway& where_;
  Stream stream_;
  asio::steady_timer deadline_;
  std::unique_ptr<preface> preface_;
  /// Who sends: the socket's address, or what the PROXY protocol says.
  peer_address peer_;
  socket_place place_;
  /// Who has our place while we are idle.
  std::shared_ptr<admission> lender_;
  std::uint64_t ticket_ = 0;
  /// Bytes that nothing has been made of yet, those of later requests among
  /// them.
  beast::flat_buffer in_;
  std::optional<head_scanner> head_;
  std::optional<parser> parser_;
  chunk_meter chunks_;
  http_request request_;
  std::optional<http::response<http::string_body>> response_;
};

} // namespace

void serve_http(const http_service& service, gateway& node, lane_gateway& where,
                plain_socket socket, asio::ssl::context* tls,
                socket_place place) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (tls != nullptr)
    std::make_shared<http_session<tls_socket>>(
        service, node, where, tls_socket{std::move(socket), *tls},
        std::move(place))
        ->run();
  else
    std::make_shared<http_session<plain_socket>>(
        service, node, where, std::move(socket), std::move(place))
        ->run();
}

} // namespace net
