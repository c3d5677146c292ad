#include "actors/cluster/coordinator/coordinator_log.hpp"

#include "actors/cluster/view_check.hpp"
#include "actors/raft/sqlite_storage.hpp"
#include "actors/raft/volatile_storage.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace actors {

using namespace std::chrono_literals;
using roost::link::View;

namespace {

raft_options options_for(const cluster_rules& rules) {
  raft_options result;
  // A new leader is there well before a member would be taken for dead.
  result.election_timeout = std::clamp<std::chrono::milliseconds>(
      rules.failure_timeout / 4, 250ms, 1000ms);
  result.heartbeat = result.election_timeout / 5;
  // A command is a whole view, and the log of all is kept in memory.
  constexpr std::size_t log_bytes = 16 * 1024 * 1024;
  constexpr std::size_t shard_bytes = 16;
  result.snapshot_threshold = static_cast<unsigned>(std::clamp<std::size_t>(
      log_bytes / (shard_bytes * rules.shards), 16, 1024));
  result.snapshot_trailing = result.snapshot_threshold / 4;
  return result;
}

std::unique_ptr<raft_storage> open_storage(const std::string& folder) {
  if (folder.empty())
    return std::make_unique<volatile_storage>();
  return std::make_unique<sqlite_storage>(folder + "/coordinator.sqlite");
}

} // namespace

coordinator_log::coordinator_log(settings x, clock::time_point now)
    : settings_(std::move(x)), options_(options_for(settings_.rules)) {
  raft_hooks hooks;
  hooks.send = [this](const std::string& to, std::string bytes) {
    if (hooks_.send)
      hooks_.send(to, std::move(bytes));
  };
  hooks.apply = [this](std::uint64_t, std::string_view command) {
    apply(command);
  };
  hooks.snapshot = [this] {
    return last_.SerializeAsString();
  };
  hooks.restore = [this](std::string_view state) {
    if (!state.empty()) // there was no view yet
      apply(state);
  };
  hooks.changed = [this] {
    if (hooks_.changed)
      hooks_.changed();
  };
  hooks.failed = [this](const std::string& why) {
    if (hooks_.failed)
      hooks_.failed(why);
  };
  hooks.random = settings_.chance;
  raft_ = std::make_unique<raft_node>(
      raft_group{settings_.coordinators}, settings_.self,
      settings_.storage ? settings_.storage() : open_storage(settings_.folder),
      options_, std::move(hooks), now);
}

void coordinator_log::start(coordinator_log_hooks hooks) {
  hooks_ = std::move(hooks);
  if (last_.number() > 0)
    hooks_.decided(last_);
  hooks_.changed();
}

void coordinator_log::stop() {
  hooks_ = {};
}

std::chrono::milliseconds coordinator_log::tick_interval() const {
  // Alone there is nobody to hear from.
  return settings_.coordinators.size() == 1 ? settings_.rules.tick_interval()
                                            : options_.heartbeat / 4;
}

void coordinator_log::tick(clock::time_point now) {
  raft_->tick(now);
}

void coordinator_log::deliver(const std::string& from, const std::string& bytes,
                              clock::time_point now) {
  raft_->deliver(from, bytes, now);
}

void coordinator_log::propose(const View& view, std::function<void()> refused) {
  raft_->propose(view.SerializeAsString(),
                 [refused = std::move(refused)](const proposal_result& x) {
                   if (x.end != proposal_end::committed)
                     refused();
                 });
}

bool coordinator_log::leads_alone(clock::time_point now) const {
  if (raft_->group().size() == 1)
    return raft_->leads();
  const auto until = raft_->leads_until();
  return raft_->leads() && until && now <= *until;
}

void coordinator_log::apply(std::string_view bytes) {
  View view;
  if (!view.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw std::runtime_error("what the coordinators decided is no view");
  if (const auto wrong = what_is_wrong(view, settings_.rules.shards);
      !wrong.empty())
    throw std::runtime_error("the coordinators' view "
                             + std::to_string(view.number()) + " " + wrong);
  // A leader that has lost its place may have proposed what came too late.
  if (view.number() <= last_.number())
    return;
  last_ = std::move(view);
  if (hooks_.decided)
    hooks_.decided(last_);
}

std::shared_ptr<coordinator_log>
open_coordinator_log(coordinator_log::settings x,
                     coordinator_log::clock::time_point now) {
  if (x.folder.empty())
    spdlog::warn("cluster.data_dir is empty: when all coordinators stop, what"
                 " they decided is only what nodes still remember");
  return std::make_shared<coordinator_log>(std::move(x), now);
}

} // namespace actors
