#include "net/listener.hpp"

#include "cluster-config/loader.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <stdexcept>

namespace net {

namespace {

constexpr int backlog = 4096;

} // namespace

listener::listener(gateway& node, std::string key, config::address address,
                   const config::tls_files& tls, http_service service)
    : node_(node), key_(std::move(key)), address_(std::move(address)),
      tls_(make_tls_context(tls)), service_(std::move(service)),
      sessions_(std::make_shared<std::atomic<std::size_t>>(0)) {}

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
  if (!ec) {
    const auto open = sessions_->fetch_add(1) + 1;
    if (service_.max_sessions != 0 && open > service_.max_sessions) {
      sessions_->fetch_sub(1);
    } else {
      asio::post(where.lane->io(), [this, &where, sessions = sessions_,
                                    s = std::move(socket)]() mutable {
        serve_http(service_, node_, where, std::move(s), tls_.get(),
                   [sessions] { sessions->fetch_sub(1); });
      });
    }
  }
  accept();
}

void listener::back_off(error_code why) {
  node_.lanes.front()->lane->metrics().accept_pauses.add();
  if (const auto line = trouble_.note(why, std::chrono::steady_clock::now()))
    spdlog::warn("{} {}", key_, *line);
  pause_->expires_after(accept_trouble::pause);
  pause_->async_wait([this](error_code ec) {
    if (!ec)
      accept();
  });
}

} // namespace net
