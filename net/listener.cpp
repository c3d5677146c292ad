#include "net/listener.hpp"

#include "cluster-config/loader.hpp"
#include "net/http/lingering_close.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <stdexcept>

namespace net {

namespace {

constexpr int backlog = 4096;

std::string sentence(admission::refusal why, const http_service& service) {
  switch (why) {
  case admission::refusal::full:
    return "all " + std::to_string(service.sockets.sockets)
           + " connections are taken";
  case admission::refusal::address_full:
    return "http.connections_per_address is reached";
  case admission::refusal::address_rate:
    return "http.connection_rate_per_address is reached";
  case admission::refusal::none:
    break;
  }
  return {};
}

actors::counter& refusals(admission::refusal why, const http_service& service,
                          actors::lane_metrics& metrics) {
  switch (why) {
  case admission::refusal::address_full:
    return metrics.sockets_refused_by_address;
  case admission::refusal::address_rate:
    return metrics.sockets_refused_by_rate;
  default:
    return metrics.*service.refused_when_full;
  }
}

} // namespace

listener::listener(gateway& node, std::string key, config::address address,
                   const config::tls_files& tls, http_service service)
    : node_(node), key_(std::move(key)), address_(std::move(address)),
      tls_(make_tls_context(tls)), service_(std::move(service)),
      admission_(std::make_shared<admission>(service_.sockets)),
      leaving_(std::make_shared<std::atomic<std::size_t>>(0)) {}

void listener::open(asio::io_context& io) {
  auto fail = [this](const error_code& why) {
    const auto line = key_ + ": found \"" + to_string(address_)
                      + "\", which cannot be listened at: " + why.message()
                      + "; allowed: a free address of this machine";
    if (why == asio::error::access_denied)
      throw config::error(line);
    throw std::runtime_error(line);
  };
  error_code ec;
  tcp::resolver resolver{io};
  const auto found = resolver.resolve(
      address_.host, std::to_string(address_.port), tcp::resolver::passive, ec);
  if (ec || found.empty())
    fail(ec ? ec : asio::error::host_not_found);
  const auto endpoint = found.begin()->endpoint();
  auto acceptor = std::make_unique<tcp::acceptor>(io);
  acceptor->open(endpoint.protocol(), ec);
  if (!ec)
    acceptor->set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec)
    acceptor->bind(endpoint, ec);
  if (!ec)
    acceptor->listen(backlog, ec);
  if (ec)
    fail(ec);
  pause_ = std::make_unique<asio::steady_timer>(io);
  acceptor_ = std::move(acceptor);
}

std::uint16_t listener::port() const {
  return acceptor_->local_endpoint().port();
}

void listener::start() {
  accept();
}

void listener::stop() {
  // Nothing of the io_context stays: it may end before we do.
  acceptor_.reset();
  pause_.reset();
}

void listener::accept() {
  if (!acceptor_)
    return;
  auto& where = *node_.lanes[next_lane_++ % node_.lanes.size()];
  acceptor_->async_accept(
      where.lane->io(), [this, &where](error_code ec, tcp::socket accepted) {
        if (ec)
          return on_accept(ec, plain_socket{where.lane->io()}, where);
        const auto protocol = accepted.local_endpoint(ec).protocol();
        plain_socket socket{where.lane->io()};
        if (!ec) {
          const auto fd = accepted.release(ec);
          if (!ec)
            socket.assign(protocol, fd, ec);
        }
        on_accept(ec, std::move(socket), where);
      });
}

void listener::on_accept(error_code ec, plain_socket socket,
                         lane_gateway& where) {
  if (ec == asio::error::operation_aborted || !acceptor_)
    return;
  if (ec && !accept_trouble::passes(ec))
    return back_off(ec);
  if (!ec)
    take(std::move(socket), where);
  accept();
}

void listener::take(plain_socket socket, lane_gateway& where) {
  error_code gone;
  const auto from = socket.remote_endpoint(gone);
  if (gone)
    return;
  auto said =
      admission_->admit(from.address(), std::chrono::steady_clock::now());
  if (said.displaced)
    metrics().idle_connections_displaced.add();
  if (!said.place)
    return refuse(said.why, std::move(socket), where);
  asio::post(where.lane->io(), [this, &where, s = std::move(socket),
                                place = std::move(said.place)]() mutable {
    serve_http(service_, node_, where, std::move(s), tls_.get(),
               std::move(place));
  });
}

void listener::refuse(admission::refusal why, plain_socket socket,
                      lane_gateway& where) {
  auto reason = sentence(why, service_);
  refusals(why, service_, metrics()).add();
  if (const auto line =
          trouble_.note(-static_cast<int>(why), "turns sockets away: " + reason,
                        std::chrono::steady_clock::now()))
    spdlog::warn("{} {}", key_, *line);
  if (leaving_->load() >= service_.max_leaving)
    return;
  leaving_->fetch_add(1);
  std::shared_ptr<void> held{nullptr, [leaving = leaving_](void*) {
                               leaving->fetch_sub(1);
                             }};
  // A TLS handshake for nothing would cost us more than whoever asks for it.
  if (tls_)
    reason.clear();
  asio::post(where.lane->io(),
             [&where, s = std::move(socket), reason = std::move(reason),
              held = std::move(held)]() mutable {
               turn_away(where, std::move(s), reason, std::move(held));
             });
}

actors::lane_metrics& listener::metrics() {
  return node_.lanes.front()->lane->metrics();
}

void listener::back_off(error_code why) {
  metrics().accept_pauses.add();
  if (const auto line = trouble_.note(why, std::chrono::steady_clock::now()))
    spdlog::warn("{} {}", key_, *line);
  pause_->expires_after(accept_trouble::pause);
  pause_->async_wait([this](error_code ec) {
    if (!ec)
      accept();
  });
}

} // namespace net
