#include "net/peer/dial_attempt.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace net::peer {

namespace {

refusal_reason reason_of(const error_code& ec) {
  return ec == asio::error::no_descriptors || ec == asio::error::no_memory
             ? refusal_reason::exhausted
             : refusal_reason::unreachable;
}

} // namespace

dial_attempt::dial_attempt(asio::io_context& io)
    : resolver_(io), socket_(io), deadline_(io) {}

void dial_attempt::start(const std::string& address,
                         std::chrono::milliseconds limit,
                         on_finished finished) {
  finished_ = std::move(finished);
  auto self = shared_from_this();
  deadline_.expires_after(limit);
  deadline_.async_wait([self, limit](const error_code& ec) {
    if (!ec)
      self->give_up(refusal_reason::unreachable,
                    "no connection within " + std::to_string(limit.count())
                        + " ms");
  });
  if (const auto target = config::parse_address(address))
    return resolve(*target);
  asio::post(deadline_.get_executor(), [self, address] {
    self->give_up(refusal_reason::unreachable,
                  "\"" + address
                      + "\" is not an address: host:port or "
                        "[IPv6]:port is due");
  });
}

void dial_attempt::resolve(const config::address& target) {
  error_code not_numeric;
  auto ip = asio::ip::make_address(target.host, not_numeric);
  if (!not_numeric)
    return connect(tcp::resolver::results_type::create(
        tcp::endpoint{ip, target.port}, target.host,
        std::to_string(target.port)));
  resolver_.async_resolve(
      target.host, std::to_string(target.port),
      [self = shared_from_this()](
          const error_code& ec, const tcp::resolver::results_type& endpoints) {
        if (!self->finished_)
          return;
        if (ec)
          return self->give_up(refusal_reason::unreachable, ec.message());
        self->connect(endpoints);
      });
}

void dial_attempt::connect(const tcp::resolver::results_type& endpoints) {
  asio::async_connect(
      socket_, endpoints,
      // A closed socket would be opened again for the next endpoint.
      [this](const error_code& last, const tcp::endpoint&) {
        if (last)
          note(last);
        return finished_ != nullptr;
      },
      [self = shared_from_this()](const error_code& ec, const tcp::endpoint&) {
        if (ec) {
          self->note(ec);
          return self->give_up(reason_of(ec), ec.message());
        }
        self->settle(std::move(self->socket_));
      });
}

void dial_attempt::note(const error_code& ec) {
  ++tried_;
  if (ec == asio::error::connection_refused)
    ++closed_;
}

void dial_attempt::give_up(refusal_reason reason, std::string why) {
  settle(refusal{reason, false, {}, std::move(why)});
}

void dial_attempt::settle(outcome result) {
  auto finished = std::exchange(finished_, nullptr);
  if (!finished)
    return;
  deadline_.cancel();
  resolver_.cancel();
  if (std::holds_alternative<refusal>(result)) {
    error_code ignored;
    socket_.close(ignored);
  }
  finished(std::move(result));
}

} // namespace net::peer
