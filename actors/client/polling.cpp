#include "actors/client/polling.hpp"

#include "actors/client/connection/client_id.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>
#include <utility>

namespace actors {

namespace {

using roost::link::Polled;

std::uint64_t random_number() {
  thread_local std::mt19937_64 numbers{std::random_device{}()};
  return numbers();
}

} // namespace

/// A question to a session of another node.
struct polling::relayed {
  std::string node;
  roost::link::Poll what;
  lane::clock::time_point until; ///< For which the client waits.
  on_polled done;
};

polling::polling(caf::actor_config& cfg, const client_services& services)
    : lane_actor(cfg), services_(services), questions_(*this, services),
      under_way_(home_lane().metrics()) {}

caf::behavior polling::make_behavior() {
  return {
      [this](const ask_node& x) {
        auto promise = make_response_promise();
        ask_here(x.request->poll(), [this, promise](Polled polled) mutable {
          auto reply = std::make_shared<roost::link::NodeReply>();
          reply->mutable_polled()->Swap(&polled);
          in_handler([&] { promise.deliver(node_answer{std::move(reply)}); });
        });
      },
  };
}

void polling::on_exit() {
  sessions_.clear();
}

std::string polling::enter(std::shared_ptr<polled_client> session) {
  auto name = std::to_string(home_lane().number()) + '.' + make_client_id();
  sessions_.emplace(name, std::move(session));
  return name;
}

void polling::leave(const std::string& name) {
  sessions_.erase(name);
}

void polling::ask(const std::string& node, roost::link::Poll what,
                  on_polled done) {
  if (what.answer() != 0)
    what.set_request(random_number());
  const bool here = node == services_.node;
  under_way_.count_request(here);
  const auto whom =
      here ? polling_of(what.session(), services_.polling) : caf::actor{};
  if (here && !whom)
    return done(make_polled(Polled::UNKNOWN));
  if (here && self_of<polling>(whom) == this)
    return ask_here(what, std::move(done));
  auto share = under_way_.take(what.commands().size());
  if (!share)
    return done(make_polled(Polled::BUSY));
  done = [share = std::move(share), done = std::move(done)](Polled polled) {
    done(std::move(polled));
  };
  in_handler([&] {
    if (!here) {
      const std::chrono::milliseconds wait{what.wait_ms()};
      return relay(std::make_shared<relayed>(relayed{
          node, std::move(what), home_lane().now() + wait, std::move(done)}));
    }
    auto question = std::make_shared<roost::link::NodeRequest>();
    question->mutable_poll()->Swap(&what);
    request(whom, caf::infinite, ask_node{std::move(question)})
        .then([done](const node_answer& x) { done(x.reply->polled()); },
              [done](caf::error&) { done(make_polled(Polled::FAILED)); });
  });
}

void polling::ask_here(const roost::link::Poll& what, on_polled done) {
  const auto at = sessions_.find(what.session());
  if (at == sessions_.end())
    return done(make_polled(Polled::UNKNOWN));
  const auto session = at->second; // may end in it
  session->ask(what, std::move(done));
}

void polling::relay(const std::shared_ptr<relayed>& question) {
  using std::chrono::milliseconds;
  const auto left = std::max(
      milliseconds{0},
      std::chrono::ceil<milliseconds>(question->until - home_lane().now()));
  const auto& cluster = services_.config->cluster;
  const milliseconds longest =
      cluster ? milliseconds{cluster->request_timeout} / 2 : milliseconds{0};
  question->what.set_wait_ms(
      static_cast<std::uint32_t>(std::min(left, longest).count()));
  roost::link::NodeRequest request;
  *request.mutable_poll() = question->what;
  questions_.another(question->node, std::move(request),
                     [this, question](const roost::link::NodeReply* reply) {
                       if (reply == nullptr)
                         return question->done(make_polled(Polled::UNKNOWN));
                       if (!reply->has_polled())
                         return question->done(make_polled(Polled::FAILED));
                       const auto& polled = reply->polled();
                       if (question->what.answer() == 0
                           || polled.outcome() != Polled::NOTHING
                           || home_lane().now() >= question->until)
                         return question->done(polled);
                       question->what.set_again(true);
                       relay(question);
                     });
}

caf::actor polling_of(std::string_view session,
                      const std::vector<caf::actor>& lanes) {
  std::size_t lane = 0;
  const auto* const end = session.data() + session.size();
  const auto [at, wrong] = std::from_chars(session.data(), end, lane);
  const bool named = wrong == std::errc{} && at != end && *at == '.';
  return named && lane < lanes.size() ? lanes[lane] : caf::actor{};
}

roost::link::NodeReply no_such_session() {
  roost::link::NodeReply reply;
  *reply.mutable_polled() = make_polled(Polled::UNKNOWN);
  return reply;
}

} // namespace actors
