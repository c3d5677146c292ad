#include "net/listener.hpp"

#include "cluster-config/loader.hpp"
#include "net/http/lingering_close.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <stdexcept>
#include <string_view>

namespace net {

namespace {

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

/// What passes by itself is worth another try; the rest is the operator's.
[[noreturn]] void refuse_address(const std::string& key,
                                 const config::socket_address& address,
                                 const error_code& why) {
  const auto line = [&](const std::string& reason, std::string_view allowed) {
    return key + ": found \"" + to_string(address)
           + "\", which cannot be listened at: " + reason
           + "; allowed: " + std::string{allowed};
  };
  if (!address.is_unix()) {
    const auto text = line(why.message(), "a free address of this machine");
    if (why == boost::system::errc::permission_denied)
      throw config::error(text);
    throw std::runtime_error(text);
  }
  constexpr auto allowed =
      "a path in a folder that this process may write to, where no file or the "
      "socket of a process that has ended is";
  if (why == boost::system::errc::address_in_use)
    throw std::runtime_error(line("another process listens there", allowed));
  if (why == boost::system::errc::not_a_socket)
    throw config::error(line("the file there is no socket", allowed));
  throw config::error(line(why.message(), allowed));
}

} // namespace

listener::listener(gateway& node, std::string key,
                   std::vector<config::socket_address> addresses,
                   const config::tls_files& tls, http_service service)
    : node_(node), key_(std::move(key)), addresses_(std::move(addresses)),
      tls_(make_tls_context(tls)), service_(std::move(service)),
      admission_(std::make_shared<admission>(service_.sockets)),
      leaving_(std::make_shared<std::atomic<std::size_t>>(0)) {}

void listener::open(asio::io_context& io) {
  for (const auto& address : addresses_) {
    try {
      doors_.push_back(std::make_unique<door>(io, address));
    } catch (const boost::system::system_error& e) {
      doors_.clear();
      refuse_address(key_, address, e.code());
    }
  }
}

std::string listener::where() const {
  std::string out;
  for (const auto& x : doors_)
    out += (out.empty() ? "" : ", ") + x->socket.text();
  return out;
}

void listener::start() {
  for (auto& x : doors_)
    accept(*x);
}

void listener::stop() {
  // Nothing of the io_context stays: it may end before we do.
  doors_.clear();
}

void listener::accept(door& at) {
  auto& where = *node_.lanes[next_lane_++ % node_.lanes.size()];
  at.socket.socket().async_accept(
      where.lane->io(),
      [this, &at, &where](error_code ec, plain_socket accepted) {
        on_accept(at, ec, std::move(accepted), where);
      });
}

void listener::on_accept(door& at, error_code ec, plain_socket socket,
                         lane_gateway& where) {
  if (ec == asio::error::operation_aborted || doors_.empty())
    return; // and the door is gone
  if (ec && !accept_trouble::passes(ec))
    return back_off(at, ec);
  if (!ec)
    take(std::move(socket), where);
  accept(at);
}

void listener::take(plain_socket socket, lane_gateway& where) {
  error_code gone;
  const auto from = socket.remote_endpoint(gone);
  if (gone)
    return;
  auto said =
      admission_->admit(peer_at(from), std::chrono::steady_clock::now());
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

void listener::back_off(door& at, error_code why) {
  metrics().accept_pauses.add();
  if (const auto line = trouble_.note(why, std::chrono::steady_clock::now()))
    spdlog::warn("{} {}", key_, *line);
  at.pause.expires_after(accept_trouble::pause);
  at.pause.async_wait([this, &at](error_code ec) {
    if (!ec && !doors_.empty())
      accept(at);
  });
}

} // namespace net
