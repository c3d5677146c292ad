#include "net/peer/peer_listener.hpp"

#include "net/peer/socket_options.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace net::peer {

namespace {

std::string name_of(const tcp::endpoint& endpoint) {
  return to_string(
      config::address{endpoint.address().to_string(), endpoint.port()});
}

} // namespace

peer_listener::peer_listener(asio::io_context& io, const peer_options& options,
                             const handshake_terms& terms,
                             asio::ssl::context* tls, peer_metrics& metrics)
    : options_(options), terms_(terms), tls_(tls), metrics_(metrics),
      acceptor_(io), pause_(io) {}

void peer_listener::open() {
  error_code ec;
  auto check = [&](const char* what) {
    if (!ec)
      return;
    const auto sentence =
        "The cluster address " + to_string(options_.listen) + " " + what;
    if (ec == asio::error::access_denied)
      throw std::runtime_error(sentence + ": " + ec.message());
    throw std::system_error(static_cast<std::error_code>(ec), sentence);
  };
  const auto& [host, port] = options_.listen;
  tcp::resolver resolver{acceptor_.get_executor()};
  auto found =
      resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec);
  check("cannot be resolved");
  auto endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol(), ec);
  check("cannot be opened");
  acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  acceptor_.bind(endpoint, ec);
  check("cannot be bound");
  acceptor_.listen(tcp::acceptor::max_listen_connections, ec);
  check("cannot be listened on");
  port_ = acceptor_.local_endpoint().port();
}

void peer_listener::start(on_finished finished) {
  finished_ = std::move(finished);
  accept();
}

void peer_listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  while (!pending_.empty())
    pending_.begin()->second->give_up(refusal_reason::stopping,
                                      "this node stops");
}

void peer_listener::accept() {
  acceptor_.async_accept([this](const error_code& ec, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (!ec)
      on_accept(std::move(socket));
    else if (!accept_trouble::passes(ec))
      return pause(ec);
    accept();
  });
}

void peer_listener::pause(const error_code& why) {
  metrics_.out_of_files.add();
  if (const auto line = trouble_.note(why, std::chrono::steady_clock::now()))
    spdlog::warn("cluster.listen {}", *line);
  pause_.expires_after(accept_trouble::pause);
  pause_.async_wait([this](const error_code& ec) {
    if (!ec)
      accept();
  });
}

void peer_listener::on_accept(tcp::socket socket) {
  metrics_.connections.add();
  error_code gone;
  auto from = socket.remote_endpoint(gone);
  if (gone)
    return;
  set_peer_socket_options(socket, options_.unacknowledged_timeout);
  make_room();
  auto id = ++last_id_;
  auto guest = std::make_shared<authenticator>(std::move(socket),
                                               role::acceptor, terms_, tls_);
  pending_.emplace(id, guest);
  metrics_.pending.add();
  guest->start(options_.handshake_timeout,
               [this, id, name = name_of(from)](authenticator::outcome result) {
                 pending_.erase(id);
                 metrics_.pending.sub();
                 finished_(name, std::move(result));
               });
}

void peer_listener::make_room() {
  if (pending_.size() < options_.max_pending_handshakes)
    return;
  auto silent = std::find_if(pending_.begin(), pending_.end(), [](auto& entry) {
    return !entry.second->has_spoken();
  });
  auto oldest = silent != pending_.end() ? silent : pending_.begin();
  if (oldest == pending_.end())
    return;
  // `give_up` erases the entry.
  auto victim = oldest->second;
  victim->give_up(refusal_reason::crowded,
                  "more than " + std::to_string(options_.max_pending_handshakes)
                      + " handshakes were under way");
}

} // namespace net::peer
