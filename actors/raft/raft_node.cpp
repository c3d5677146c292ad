#include "actors/raft/raft_node.hpp"

#include "actors/raft/raft_engine/raft_engine.hpp"
#include "actors/raft/raft_proposals.hpp"

#include <random>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace actors {

namespace {

std::uint64_t to_ms(raft_node::clock::time_point x) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  // The library takes 0 for "never".
  return static_cast<std::uint64_t>(
             duration_cast<milliseconds>(x.time_since_epoch()).count())
         + 1;
}

raft_node::clock::time_point from_ms(std::uint64_t x) {
  return raft_node::clock::time_point{std::chrono::milliseconds{x - 1}};
}

const raft_options& checked(const raft_options& x) {
  if (x.heartbeat.count() < 1 || x.election_timeout < 3 * x.heartbeat
      || x.election_timeout > std::chrono::hours{1})
    throw std::invalid_argument(
        "the election timeout must be at least three heartbeats");
  if (x.snapshot_threshold < 1 || x.snapshot_trailing < 1)
    throw std::invalid_argument("snapshots need entries before and after them");
  constexpr std::size_t most = 1024 * 1024 * 1024;
  if (x.max_command_bytes > most || x.max_snapshot_bytes > most
      || x.max_append_bytes > most)
    throw std::invalid_argument("a limit of a coordinator is above 1 GiB");
  return x;
}

const raft_member& member_of(const raft_group& group, const std::string& self) {
  if (const auto* member = group.find(self))
    return *member;
  throw std::invalid_argument(self + " is not one of the coordinators "
                              + group.text());
}

std::function<std::uint64_t()> real_chance() {
  return [engine = std::mt19937_64{std::random_device{}()}]() mutable {
    return engine();
  };
}

} // namespace

struct raft_node::parts {
  /// What `changed` tells of.
  using standing = std::tuple<std::uint64_t, std::uint64_t, bool>;

  parts(raft_group group_of, const std::string& self,
        std::unique_ptr<raft_storage> storage_of, const raft_options& options,
        raft_hooks hooks_of)
      : group(std::move(group_of)), self_(member_of(group, self)),
        storage(std::move(storage_of)), hooks(std::move(hooks_of)),
        timeout(checked(options).election_timeout), proposals(options),
        engine(group, self_, *storage, options,
               {[this](std::uint64_t index, std::string_view command) {
                  hooks.apply(index, command);
                },
                [this] { return hooks.snapshot(); },
                [this](std::string_view state) { hooks.restore(state); },
                hooks.random ? hooks.random : real_chance()}) {}

  standing now_standing() const {
    return {engine.term(), engine.leader(), engine.ready()};
  }

  /// Calls the engine, then does what follows from it.
  template <class Call>
  void enter(Call call) {
    if (inside)
      return;
    inside = true;
    // A hook may throw.
    struct leave {
      bool& inside;
      ~leave() { inside = false; }
    } at_end{inside};
    call();
    settle();
  }

  void settle() {
    // Who asks again as soon as it hears no must not keep the lane: the rest
    // waits for the next call.
    for (int round = 0; round < 8; ++round) {
      if (!engine.failure().empty())
        proposals.end_all(proposal_end::failed);
      else if (!engine.leads())
        proposals.refuse_all(leader_name());
      else
        proposals.advance(engine);
      for (auto& out : engine.take_outbox())
        hooks.send(group.find(out.to)->name, std::move(out.bytes));
      const auto is = now_standing();
      if (std::exchange(told, is) != is && hooks.changed)
        hooks.changed();
      if (!engine.failure().empty() && !std::exchange(told_failure, true)
          && hooks.failed)
        hooks.failed(engine.failure());
      proposals.tell();
      if (!proposals.has_work(engine))
        return;
    }
  }

  std::string leader_name() const {
    const auto* member = group.find(engine.leader());
    return member ? member->name : std::string{};
  }

  const raft_group group;
  const raft_member& self_;
  const std::unique_ptr<raft_storage> storage;
  const raft_hooks hooks;
  const std::chrono::milliseconds timeout;
  raft_proposals proposals;
  raft_engine engine;
  standing told;
  bool told_failure = false;
  bool inside = false;
};

raft_node::raft_node(raft_group group, const std::string& self,
                     std::unique_ptr<raft_storage> storage,
                     raft_options options, raft_hooks hooks,
                     clock::time_point now)
    : parts_(std::make_unique<parts>(std::move(group), self, std::move(storage),
                                     options, std::move(hooks))) {
  parts_->enter([&] { parts_->engine.start(to_ms(now)); });
}

raft_node::~raft_node() {
  parts_->inside = true; // nobody proposes any more
  parts_->proposals.end_all(proposal_end::failed);
  parts_->proposals.tell();
}

void raft_node::tick(clock::time_point now) {
  parts_->enter([&] { parts_->engine.tick(to_ms(now)); });
}

void raft_node::deliver(const std::string& from, std::string_view bytes,
                        clock::time_point now) {
  const auto* member = parts_->group.find(from);
  parts_->enter([&] {
    parts_->engine.receive(member ? member->id : 0, bytes, to_ms(now));
  });
}

void raft_node::propose(std::string command, done on_done) {
  parts_->proposals.add(std::move(command), std::move(on_done));
  parts_->enter([] {});
}

void raft_node::barrier(done on_done) {
  parts_->proposals.add_barrier(std::move(on_done));
  parts_->enter([] {});
}

bool raft_node::leads() const {
  return parts_->engine.ready();
}

std::string raft_node::leader() const {
  return parts_->leader_name();
}

std::optional<raft_node::clock::time_point> raft_node::leads_until() const {
  const auto followed = parts_->engine.followed_until();
  if (followed == 0)
    return std::nullopt;
  // Two clocks that are cut to milliseconds.
  return from_ms(followed) + parts_->timeout - std::chrono::milliseconds{2};
}

std::uint64_t raft_node::term() const {
  return parts_->engine.term();
}

std::uint64_t raft_node::commit_index() const {
  return parts_->engine.commit_index();
}

std::uint64_t raft_node::last_applied() const {
  return parts_->engine.last_applied();
}

std::uint64_t raft_node::refused_frames() const {
  return parts_->engine.refused();
}

const std::string& raft_node::failure() const {
  return parts_->engine.failure();
}

const raft_group& raft_node::group() const {
  return parts_->group;
}

const std::string& raft_node::self() const {
  return parts_->self_.name;
}

} // namespace actors
