#include "net/load/fleet.hpp"

#include "net/load/errors.hpp"
#include "net/load/token.hpp"

#include <ctime>
#include <utility>

namespace net::load {

namespace {

constexpr auto patience = 10 * second;

/// One of `filters` filters, all of which let through what has no tags.
std::string filter_of(const settings& from, std::size_t number) {
  if (from.filters == 0)
    return {};
  const auto n = std::to_string(number % from.filters);
  return R"({"op":"and","nodes":[{"key":"kind","cmp":"neq","val":")" + n
         + R"("},{"op":"not","nodes":[{"key":"level","cmp":"gt","val":")" + n
         + R"("}]}]})";
}

} // namespace

server::server(const settings& from)
    : where(find_target(from.url, "ws://")),
      speaks(make_protocol(from.protocol, from.format)) {
  if (from.transport != "websocket")
    streams = make_roost_stream(from.transport == "sse");
}

std::string token_for(const settings& from, std::size_t number) {
  if (from.token_secret.empty())
    return from.token;
  return make_token(from.token_secret, "load-" + std::to_string(number),
                    std::time(nullptr));
}

fleet::fleet(loop& events, const server& to, const settings& with)
    : events_(events), server_(to), settings_(with) {}

connection& fleet::add(role as, std::uint32_t first_source,
                       std::uint32_t sources, const target* elsewhere) {
  as.token = token_for(settings_, all_.size());
  if (as.subscribes) {
    as.delta = settings_.delta;
    as.filter = filter_of(settings_, all_.size());
  }
  const bool listens = as.subscribes && !as.publishes && !as.asks;
  connection_context context{events_,
                             elsewhere ? *elsewhere : server_.where,
                             listens && server_.streams ? *server_.streams
                                                        : *server_.speaks,
                             *this,
                             counts,
                             settings_.deflate ? &inflater_ : nullptr};
  all_.push_back(std::make_unique<connection>(context, std::move(as),
                                              first_source, sources));
  return *all_.back();
}

api_publisher& fleet::add_backend(api_publisher::role as, const target& where) {
  backends_.push_back(std::make_unique<api_publisher>(
      events_, where, std::move(as),
      [this](const std::string& why) { count_loss(why); }));
  return *backends_.back();
}

void fleet::open() {
  allow_connections(all_.size() + backends_.size());
  for (std::size_t i = 0; i < backends_.size(); ++i)
    backends_[i]->start(i);
  std::size_t started = 0;
  auto last = now();
  for (auto before = ready_; ready_ < all_.size();) {
    while (started < all_.size() && started - ready_ < settings_.opening
           && lost_ == 0) {
      all_[started]->start(started);
      ++started;
    }
    if (lost_ > 0)
      throw load_error("Connection " + std::to_string(ready_ + 1) + " of "
                       + std::to_string(all_.size()) + " to " + settings_.url
                       + " failed: " + first_loss_ + ".");
    events_.run(now() + second / 10);
    if (ready_ != before)
      last = now();
    else if (now() - last > patience)
      throw load_error("Only " + std::to_string(ready_) + " of "
                       + std::to_string(all_.size()) + " connections to "
                       + settings_.url
                       + " got ready, and none in the last 10 seconds.");
    before = ready_;
  }
}

void fleet::on_ready(connection&) {
  ++ready_;
}

void fleet::on_answer(connection& from, const stamp& x, std::uint64_t now) {
  if (on_answer_of)
    on_answer_of(from, x, now);
}

void fleet::on_lost(connection&, const std::string& why) {
  count_loss(why);
}

void fleet::count_loss(const std::string& why) {
  if (lost_++ == 0)
    first_loss_ = why;
}

} // namespace net::load
