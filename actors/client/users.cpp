#include "actors/client/users.hpp"

#include "actors/room/requests.hpp"

#include <spdlog/spdlog.h>

#include <limits>
#include <utility>

namespace actors {

namespace {

/// Answers of several connections to one question.
struct gathered {
  std::size_t missing = 0;
  std::shared_ptr<roost::link::NodeReply> reply =
      std::make_shared<roost::link::NodeReply>();
  caf::response_promise promise;

  void count_down() {
    if (--missing == 0)
      promise.deliver(node_answer{reply});
  }
};

std::shared_ptr<roost::link::NodeRequest> end_for_limit() {
  auto command = std::make_shared<roost::link::NodeRequest>();
  auto& body = *command->mutable_disconnect();
  const auto code = proto::disconnect_code::connection_limit;
  body.set_code(static_cast<std::uint32_t>(code));
  body.set_reason(std::string{proto::reason(code)});
  return command;
}

} // namespace

users::users(caf::actor_config& cfg, users_settings settings)
    : lane_actor(cfg), settings_(std::move(settings)) {
  const auto limit = settings_.cluster_user_connection_limit;
  if (limit == 0)
    return;
  auto& numbers = home_lane().metrics();
  places_.emplace(
      user_places_settings{limit, settings_.replace_oldest, settings_.shards},
      numbers.user_places,
      [this](const std::string& node, const std::string& user,
             const std::string& client) { end_at(node, user, client); });
  homes_.emplace(*this,
                 user_homes_settings{settings_.node, settings_.incarnation,
                                     settings_.shards},
                 numbers.connects_without_home);
}

caf::behavior users::make_behavior() {
  return {
      [this](const enter_user& x) {
        const auto who = current_sender(); // a promise takes it away
        enter(x, who, make_response_promise());
      },
      [this](const leave_user& x) {
        if (current_sender() != nullptr)
          leave(x, current_sender()->id());
      },
      [this](const count_users&) {
        return users_counted{connections_,
                             static_cast<std::uint32_t>(by_user_.size())};
      },
      [this](const ask_node& x) { answer(x, make_response_promise()); },
      [this](const view_changed& x) { on_view(x.now); },
  };
}

/// What waits for an answer keeps this actor alive.
void users::on_exit() {
  homes_.reset();
}

void users::on_view(const std::shared_ptr<const cluster_view>& now) {
  if (!homes_)
    return;
  view_ = now;
  places_->on_view(*now);
  homes_->on_view(now);
}

void users::enter(const enter_user& x, const caf::strong_actor_ptr& who,
                  caf::response_promise promise) {
  if (!admit(x, who)) {
    home_lane().metrics().connects_refused_by_user.add();
    return promise.deliver(user_entered{false});
  }
  if (!homes_ || x.user.empty())
    return promise.deliver(user_entered{true});
  homes_->ask(
      x.user, x.client, x.connected_ms,
      [this, id = who->id(), promise,
       end = leave_user{x.user, x.session, x.client}](bool granted) mutable {
        if (!granted) {
          home_lane().metrics().connects_refused_by_cluster.add();
          leave(end, id);
        }
        promise.deliver(user_entered{granted});
      });
}

bool users::admit(const enter_user& x, const caf::strong_actor_ptr& who) {
  if (who == nullptr)
    return false;
  const auto& user = x.user;
  const auto user_limit = settings_.user_connection_limit;
  const auto at = by_user_.find(user);
  if (user_limit != 0 && !user.empty() && at != by_user_.end()
      && at->second.size() >= user_limit && !settings_.replace_oldest) {
    spdlog::debug("node {} refuses user \"{}\": {} of {} connections",
                  settings_.node, user, at->second.size(), user_limit);
    return false;
  }
  auto& handles_of_user = by_user_[user];
  if (user_limit != 0 && !user.empty() && handles_of_user.size() >= user_limit)
    end_oldest(handles_of_user);
  if (handles_of_user.empty())
    home_lane().metrics().users.add();
  if (handles_of_user
          .emplace(who->id(), caf::actor_cast<caf::weak_actor_ptr>(who))
          .second)
    ++connections_;
  if (!x.session.empty())
    by_session_[x.session] = caf::actor_cast<caf::weak_actor_ptr>(who);
  return true;
}

/// It leaves when it has ended. One that was told before is told again, if
/// another comes before that: each newcomer ends one at least.
void users::end_oldest(const handles& of) {
  const auto command = end_for_limit();
  auto surplus = of.size() + 1 - settings_.user_connection_limit;
  for (const auto& [id, weak] : of) {
    if (surplus-- == 0)
      return;
    if (auto strong = caf::actor_cast<caf::actor>(weak))
      caf::anon_send(strong, user_command{command});
  }
}

void users::end_at(const std::string& node, const std::string& user,
                   const std::string& client) {
  auto command = end_for_limit();
  command->mutable_disconnect()->set_user(user);
  command->mutable_disconnect()->set_client(client);
  const ask_node order{std::move(command)};
  if (node == settings_.node)
    send(this, order);
  else if (const auto at = view_->links.find(node); at != view_->links.end())
    send(at->second, order);
}

void users::leave(const leave_user& x, caf::actor_id who) {
  if (homes_)
    homes_->leave(x.user, x.client);
  by_session_.erase(x.session);
  const auto at = by_user_.find(x.user);
  if (at == by_user_.end() || at->second.erase(who) == 0)
    return;
  --connections_;
  if (at->second.empty()) {
    by_user_.erase(at);
    home_lane().metrics().users.sub();
  }
}

void users::tell(const addressee& named, const ask_node& command,
                 caf::response_promise promise) {
  auto all = std::make_shared<gathered>();
  all->promise = std::move(promise);
  all->reply->set_reached(0);
  bool more = false;
  // Without a user it is for one client of whatever user; never for all.
  std::vector<caf::actor> whom;
  if (!named.empty())
    whom = find(named.user, std::numeric_limits<std::size_t>::max(), more);
  all->missing = whom.size() + 1;
  for (const auto& connection : whom)
    request(connection, caf::infinite, user_command{command.request})
        .then(
            [all](bool concerned) {
              all->reply->set_reached(all->reply->reached()
                                      + (concerned ? 1 : 0));
              all->count_down();
            },
            [all](caf::error&) { all->count_down(); }); // it has just ended
  all->count_down();
}

void users::answer(const ask_node& question, caf::response_promise promise) {
  const auto& request = *question.request;
  const auto row = row_of(request);
  if (row.by == answerer::connections)
    return tell(row.named(request), question, std::move(promise));
  if (request.has_emulate())
    return emulate(question, std::move(promise));
  if (request.has_connections())
    return list(request.connections(), std::move(promise));
  if (request.has_user_places())
    return promise.deliver(take(request.user_places()));
  promise.deliver(unknown_request());
}

/// A home without a limit refuses nobody.
node_answer users::take(const roost::link::UserPlaces& told) {
  auto reply = std::make_shared<roost::link::NodeReply>();
  auto& result = *reply->mutable_user_places();
  if (places_)
    result = places_->take(told);
  return {std::move(reply)};
}

void users::emulate(const ask_node& question, caf::response_promise promise) {
  auto reply = std::make_shared<roost::link::NodeReply>();
  reply->set_reached(0);
  const auto at = by_session_.find(question.request->emulate().session());
  const auto whom = at == by_session_.end()
                        ? nullptr
                        : caf::actor_cast<caf::strong_actor_ptr>(at->second);
  if (whom == nullptr)
    return promise.deliver(node_answer{reply});
  request(caf::actor_cast<caf::actor>(whom), caf::infinite,
          emulated_commands{question.request})
      .then(
          [reply, promise](bool) mutable {
            reply->set_reached(1);
            promise.deliver(node_answer{reply});
          },
          [reply, promise](caf::error&) mutable { // it has just ended
            promise.deliver(node_answer{reply});
          });
}

void users::list(const roost::link::Connections& wanted,
                 caf::response_promise promise) {
  auto all = std::make_shared<gathered>();
  all->promise = std::move(promise);
  auto& result = *all->reply->mutable_connections();
  bool more = false;
  const auto whom =
      find(wanted.user(),
           wanted.limit() == 0 ? default_listing : wanted.limit(), more);
  result.set_truncated(more);
  all->missing = whom.size() + 1;
  for (const auto& connection : whom)
    request(connection, caf::infinite, describe_connection{})
        .then(
            [this, all](const connection_described& x) {
              auto& entry =
                  *all->reply->mutable_connections()->add_connections();
              entry.Swap(x.connection.get());
              entry.set_node(settings_.node);
              all->count_down();
            },
            [all](caf::error&) { all->count_down(); });
  all->count_down();
}

std::vector<caf::actor> users::find(const std::string& user, std::size_t most,
                                    bool& more) const {
  std::vector<caf::actor> result;
  const auto add = [&](const handles& some) {
    for (const auto& [id, weak] : some) {
      more = result.size() >= most;
      if (more)
        return;
      if (auto strong = caf::actor_cast<caf::actor>(weak))
        result.push_back(std::move(strong));
    }
  };
  if (!user.empty()) {
    if (const auto at = by_user_.find(user); at != by_user_.end())
      add(at->second);
    return result;
  }
  for (const auto& [name, some] : by_user_) {
    add(some);
    if (more)
      break;
  }
  return result;
}

} // namespace actors
