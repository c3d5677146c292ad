#include "actors/client/node_agent.hpp"

#include "actors/client/glob.hpp"
#include "actors/client/polling.hpp"
#include "actors/client/users_messages.hpp"
#include "actors/node_requests.hpp"
#include "actors/room/requests.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace actors {

namespace {

using std::chrono::seconds;

/// A lane that does not answer within this has stopped.
constexpr seconds lane_patience{2};

/// Subscribed rooms up to which `info` counts them by name. A room with
/// subscribers on several lanes counts once then, and once a lane above.
constexpr std::uint64_t exact_rooms = 10'000;

node_answer make_answer(roost::link::NodeReply reply) {
  return {std::make_shared<roost::link::NodeReply>(std::move(reply))};
}

} // namespace

node_agent::node_agent(caf::actor_config& cfg, node_agent_settings settings)
    : lane_actor(cfg), settings_(std::move(settings)),
      started_(home_lane().now()), tick_(*this, [this] { on_tick(); }) {}

node_agent::~node_agent() = default;

caf::behavior node_agent::make_behavior() {
  on_tick();
  return {
      [this](const ask_node& x) -> caf::result<node_answer> {
        switch (row_of(*x.request).by) {
        case answerer::agent:
          return answer(*x.request);
        case answerer::users:
        case answerer::connections:
          delegate(settings_.users, x);
          return caf::delegated<node_answer>{};
        case answerer::polling:
          if (const auto whom =
                  polling_of(x.request->poll().session(), settings_.polling)) {
            delegate(whom, x);
            return caf::delegated<node_answer>{};
          }
          return make_answer(no_such_session());
        case answerer::coordinators:
        case answerer::nobody:
          break;
        }
        return unknown_request();
      },
      [this](const lane_rooms& x) { on_lane_rooms(x); },
  };
}

caf::result<node_answer>
node_agent::answer(const roost::link::NodeRequest& request) {
  switch (request.body_case()) {
  case roost::link::NodeRequest::kChannels:
    answer_channels(request.channels().pattern(), make_response_promise());
    break;
  case roost::link::NodeRequest::kInfo:
    answer_info(make_response_promise());
    break;
  default:
    return unknown_request();
  }
  return caf::delegated<node_answer>{};
}

void node_agent::find_rooms(const std::string& pattern, on_rooms done) {
  const auto question = ++last_question_;
  auto& pending = questions_[question];
  pending.missing = settings_.lanes.size();
  pending.deadline = home_lane().now() + lane_patience;
  pending.done = std::move(done);
  const auto self = caf::actor_cast<caf::actor>(this);
  for (std::size_t i = 0; i < settings_.lanes.size(); ++i)
    // An audience is asked by a plain call on its own lane.
    boost::asio::post(
        settings_.lanes[i]->io(),
        [self, question, pattern, rooms = settings_.audiences[i]] {
          const auto wanted = [&pattern](std::string_view room) {
            return glob_matches(pattern, room);
          };
          caf::anon_send(self,
                         lane_rooms{question, std::make_shared<room_counts>(
                                                  rooms.self->rooms(wanted))});
        });
}

void node_agent::on_lane_rooms(const lane_rooms& answer) {
  const auto at = questions_.find(answer.question);
  if (at == questions_.end())
    return;
  auto& pending = at->second;
  for (const auto& [room, subscribers] : *answer.rooms)
    pending.rooms[room] += subscribers;
  if (--pending.missing > 0)
    return;
  const auto done = std::move(pending);
  questions_.erase(at);
  done.done(done.rooms);
}

void node_agent::answer_channels(const std::string& pattern,
                                 caf::response_promise promise) {
  find_rooms(pattern, [promise](const room_counts& rooms) mutable {
    roost::link::NodeReply reply;
    auto& channels = *reply.mutable_channels()->mutable_channels();
    for (const auto& [room, subscribers] : rooms)
      channels[room] = subscribers;
    promise.deliver(make_answer(std::move(reply)));
  });
}

void node_agent::answer_info(caf::response_promise promise) {
  std::int64_t rooms = 0;
  for (const auto* x : settings_.lanes)
    rooms += x->metrics().audience_rooms.value();
  const auto known =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, rooms));
  if (settings_.lanes.size() == 1 || known > exact_rooms)
    return answer_info(known, std::move(promise));
  find_rooms("", [this, promise](const room_counts& found) {
    answer_info(found.size(), promise);
  });
}

void node_agent::answer_info(std::uint64_t rooms,
                             caf::response_promise promise) {
  request(settings_.users, caf::infinite, count_users{})
      .then(
          [this, promise, rooms](const users_counted& x) mutable {
            roost::link::NodeReply reply;
            reply.mutable_info()->set_num_users(x.users);
            fill_in(*reply.mutable_info(), rooms);
            promise.deliver(make_answer(std::move(reply)));
          },
          [promise](caf::error&) mutable {
            promise.deliver(no_answer("the node is stopping"));
          });
}

void node_agent::fill_in(roost::link::NodeInfoResult& info,
                         std::uint64_t rooms) const {
  std::int64_t clients = 0;
  std::int64_t subscriptions = 0;
  std::int64_t homed = 0;
  for (const auto* x : settings_.lanes) {
    clients += x->metrics().clients.value();
    subscriptions += x->metrics().subscriptions.value();
    homed += x->metrics().rooms.value();
  }
  const auto count = [](std::int64_t n) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, n));
  };
  info.set_uid(settings_.incarnation);
  info.set_name(settings_.node);
  info.set_version(settings_.version);
  info.set_http_address(settings_.http_address);
  info.set_num_clients(count(clients));
  info.set_num_subs(count(subscriptions));
  info.set_num_rooms(count(homed));
  info.set_num_channels(static_cast<std::uint32_t>(rooms));
  info.set_uptime(static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(home_lane().now() - started_)
          .count()));
  if (settings_.standing) {
    info.set_leads(settings_.standing->leads);
    info.set_term(settings_.standing->term);
  }
  if (sample_count_ > 1)
    info.set_messages_per_second(
        static_cast<double>(samples_[0] - samples_[sample_count_ - 1])
        / static_cast<double>(sample_count_ - 1));
}

void node_agent::on_tick() {
  std::copy_backward(samples_.begin(), samples_.end() - 1, samples_.end());
  samples_[0] = delivered();
  sample_count_ = std::min(sample_count_ + 1, samples_.size());
  // A stopped lane does not answer; whoever asked gets what there is.
  for (auto i = questions_.begin(); i != questions_.end();) {
    const auto at = i++;
    if (at->second.deadline > home_lane().now())
      continue;
    const auto late = std::move(at->second);
    questions_.erase(at);
    late.done(late.rooms);
  }
  tick_.expires_after(seconds{1});
}

std::uint64_t node_agent::delivered() const {
  std::uint64_t sum = 0;
  for (const auto* x : settings_.lanes) {
    const auto& numbers = x->metrics();
    sum += numbers.publications_delivered.value()
           + numbers.joins_delivered.value() + numbers.leaves_delivered.value();
  }
  return sum;
}

} // namespace actors
