#include "tests/raft/raft_world.hpp"

#include <algorithm>

namespace actors {

namespace {

std::uint64_t mix(std::uint64_t x, std::uint64_t y) {
  x = (x ^ y) * 0x9e3779b97f4a7c15ull;
  return x ^ (x >> 29);
}

std::uint64_t mix(std::uint64_t x, std::string_view bytes) {
  for (const unsigned char c : bytes)
    x = mix(x, c);
  return mix(x, bytes.size());
}

/// The state after the command `index`: what it was, and the command.
std::string next_state(const std::string& state, std::uint64_t index,
                       std::string_view command) {
  return std::to_string(index) + ':'
         + std::to_string(mix(mix(mix(1, state), index), command));
}

} // namespace

raft_world::raft_world(std::uint64_t seed, world_rules rules)
    : rules_(rules), random_(seed) {
  for (std::size_t i = 0; i < rules_.nodes; ++i)
    names_.push_back("node-" + std::to_string(i));
  members_.resize(rules_.nodes);
  for (std::size_t i = 0; i < rules_.nodes; ++i) {
    members_[i].name = names_[i];
    members_[i].disk = std::make_shared<memory_disk>();
    start(i);
  }
}

raft_world::~raft_world() {
  for (auto& x : members_)
    x.node.reset();
}

void raft_world::start(std::size_t i) {
  auto& x = members_[i];
  x.state = "0:0";
  x.applied = 0;
  x.failed = false;
  x.next_tick = now_;
  const auto life = ++x.life;
  raft_hooks hooks;
  hooks.send = [this, i](const std::string& to, std::string bytes) {
    send(i, to, std::move(bytes));
  };
  hooks.apply = [this, i](std::uint64_t index, std::string_view command) {
    apply(i, index, command);
  };
  hooks.snapshot = [this, i] {
    return members_[i].state;
  };
  hooks.restore = [this, i](std::string_view state) {
    restore(i, state);
  };
  hooks.failed = [this, i, life](const std::string& why) {
    if (why != "the disk fails")
      complain(names_[i] + " ends: " + why);
    if (members_[i].life == life)
      members_[i].failed = true;
  };
  hooks.random = [this] {
    return random_();
  };
  note("start", i, x.life);
  try {
    x.node =
        std::make_unique<raft_node>(raft_group(names_), x.name, open_storage(i),
                                    rules_.options, std::move(hooks), clock());
    check(i);
  } catch (const storage_error& error) {
    if (std::string_view(error.what()) != "the disk fails")
      complain(error.what());
    x.restarts = now_ + ms{500};
  }
}

std::unique_ptr<raft_storage> raft_world::open_storage(std::size_t i) {
  if (rules_.storage)
    return rules_.storage(i);
  return std::make_unique<memory_storage>(members_[i].disk);
}

void raft_world::kill(std::size_t i) {
  note("kill", i, 0);
  ++kills_;
  members_[i].node.reset();
  members_[i].failed = false;
}

void raft_world::cut(std::size_t from, std::size_t to, bool is_cut) {
  if (is_cut)
    cuts_.insert({from, to});
  else
    cuts_.erase({from, to});
}

void raft_world::isolate(std::size_t i, bool is_isolated) {
  for (std::size_t j = 0; j < members_.size(); ++j)
    if (j != i) {
      cut(i, j, is_isolated);
      cut(j, i, is_isolated);
    }
}

void raft_world::propose(std::size_t i) {
  propose(i, "command " + std::to_string(++proposed_)
                 + std::string(below(40), 'x'));
}

void raft_world::propose(std::size_t i, std::string command) {
  if (!members_[i].node)
    return;
  auto on_done = [this, command](const proposal_result& x) {
    results_.push_back(x);
    note("ended", static_cast<std::uint64_t>(x.end), x.index);
    if (x.end != proposal_end::committed)
      return;
    const auto at = decided_.find(x.index);
    if (at == decided_.end() || at->second.command != command)
      complain("acknowledged and not decided: " + command);
    acknowledged_[command] = x.index;
  };
  members_[i].node->propose(command, on_done);
  check(i);
}

void raft_world::run(ms time) {
  for (const auto end = now_ + time; now_ < end && wrong_.empty();)
    step(true);
}

int raft_world::elect(ms within) {
  for (const auto end = now_ + within; now_ < end && leader() < 0;)
    step(false);
  return leader();
}

int raft_world::leader() const {
  int found = -1;
  std::uint64_t term = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const auto& node = members_[i].node;
    if (node && node->leads() && node->term() > term) {
      found = static_cast<int>(i);
      term = node->term();
    }
  }
  return found;
}

bool raft_world::heal(ms time) {
  healing_ = true;
  cuts_.clear();
  for (auto& x : members_) {
    x.disk->next_fault = nullptr;
    x.resumes = now_;
    x.restarts = std::min(x.restarts, now_);
  }
  bury_failed();
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!members_[i].node)
      start(i);
  const auto before = proposed_;
  for (const auto end = now_ + time; now_ < end && wrong_.empty();) {
    step(false);
    const auto who = leader();
    if (who < 0)
      continue;
    if (proposed_ == before)
      propose(static_cast<std::size_t>(who));
    else if (all_alike())
      return true;
  }
  return false;
}

bool raft_world::all_alike() const {
  const auto last = decided_.empty() ? 0 : decided_.rbegin()->first;
  return std::all_of(members_.begin(), members_.end(), [&](const member& x) {
    return x.node && x.applied == last && mail_.size() < 100;
  });
}

void raft_world::step(bool trouble) {
  now_ += ms{1 + below(5)};
  if (trouble && chance(rules_.trouble))
    make_trouble();
  if (!healing_ && chance(rules_.propose))
    propose(below(members_.size()));
  deliver_due();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    auto& x = members_[i];
    if (!x.node && x.restarts <= now_)
      start(i);
    if (!x.node || x.next_tick > now_ || x.resumes > now_)
      continue;
    x.next_tick =
        now_
        + ms{1 + below(static_cast<std::uint64_t>(rules_.max_tick.count()))};
    x.node->tick(clock());
    check(i);
  }
  bury_failed();
}

void raft_world::deliver_due() {
  while (!mail_.empty() && mail_.begin()->first <= now_) {
    auto x = std::move(mail_.extract(mail_.begin()).mapped());
    auto& to = members_[x.to];
    if (!to.node || cuts_.contains({x.from, x.to}))
      continue;
    if (to.resumes > now_) { // its socket keeps it
      mail_.emplace(to.resumes, std::move(x));
      continue;
    }
    note(x.bytes, x.from, x.to);
    to.node->deliver(names_[x.from], x.bytes, clock());
    check(x.to);
  }
}

void raft_world::make_trouble() {
  const auto i = below(members_.size());
  auto& x = members_[i];
  switch (below(9)) {
  case 0: // killed between two turns
    if (x.node) {
      kill(i);
      x.restarts = now_ + ms{below(3000)};
    }
    return;
  case 1: // killed in one of its next writes
    x.disk->next_fault = [this, left = below(6)]() mutable {
      using fault = memory_disk::fault;
      if (left-- > 0)
        return fault::none;
      return chance(0.5) ? fault::lost : fault::done;
    };
    return;
  case 2: // all at once
    if (!chance(0.1))
      return;
    for (std::size_t j = 0; j < members_.size(); ++j)
      if (members_[j].node) {
        kill(j);
        members_[j].restarts = now_ + ms{below(1000)};
      }
    return;
  case 3:
    x.resumes = now_ + ms{below(2500)};
    return;
  case 4:
    isolate(i, true);
    return;
  case 5:
    cut(i, below(members_.size()), true);
    return;
  case 6: // two halves
    for (std::size_t j = 0; j < members_.size(); ++j)
      for (std::size_t k = 0; k < members_.size(); ++k)
        if ((j <= i) != (k <= i))
          cut(j, k, true);
    return;
  default:
    cuts_.clear();
    return;
  }
}

void raft_world::bury_failed() {
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (members_[i].failed) {
      kill(i);
      members_[i].disk->next_fault = nullptr;
      members_[i].restarts = now_ + ms{below(2000)};
    }
}

void raft_world::send(std::size_t from, const std::string& to,
                      std::string bytes) {
  const auto at = std::find(names_.begin(), names_.end(), to);
  if (at == names_.end())
    return complain("a message to nobody: " + to);
  const auto whom = static_cast<std::size_t>(at - names_.begin());
  if (cuts_.contains({from, whom}))
    return;
  do {
    if (chance(rules_.drop))
      continue;
    auto delay =
        1 + below(static_cast<std::uint64_t>(rules_.max_delay.count()));
    if (chance(rules_.detour))
      delay += below(2000);
    mail_.emplace(now_ + ms{delay}, letter{from, whom, bytes});
  } while (chance(rules_.repeat));
}

void raft_world::apply(std::size_t i, std::uint64_t index,
                       std::string_view command) {
  auto& x = members_[i];
  if (index <= x.applied)
    complain(names_[i] + " applies twice: " + std::to_string(index));
  x.state = next_state(x.state, index, command);
  x.applied = index;
  const auto [at, is_new] =
      decided_.try_emplace(index, decision{std::string(command), x.state});
  if (!is_new && at->second.command != command)
    complain(names_[i] + " applies another command as "
             + std::to_string(index));
  else if (at->second.state != x.state)
    complain(names_[i] + " comes to another state at " + std::to_string(index));
}

void raft_world::restore(std::size_t i, std::string_view state) {
  auto& x = members_[i];
  ++installs_;
  x.state = std::string(state);
  x.applied = std::stoull(x.state);
  const auto at = decided_.find(x.applied);
  if (x.applied != 0 && (at == decided_.end() || at->second.state != x.state))
    complain(names_[i] + " restores what never was at "
             + std::to_string(x.applied));
}

void raft_world::check(std::size_t i) {
  const auto& node = members_[i].node;
  if (!node || node->leader() != names_[i])
    return;
  const auto [at, is_new] = leaders_.try_emplace(node->term(), i);
  if (!is_new && at->second != i)
    complain("two leaders in term " + std::to_string(node->term()));
  if (is_new) {
    note("leads", i, node->term());
    check_promises(i);
  }
}

/// A new leader: nobody else may still be promised to lead.
void raft_world::check_promises(std::size_t i) {
  for (std::size_t j = 0; j < members_.size(); ++j) {
    const auto& other = members_[j].node;
    // Who wins an election of the past decides nothing.
    if (j == i || !other || other->term() > members_[i].node->term())
      continue;
    const auto until = other->leads_until();
    if (until && *until > clock())
      complain(names_[i] + " leads while " + names_[j] + " is promised to");
  }
}

void raft_world::note(std::string_view what, std::uint64_t a, std::uint64_t b) {
  trace_ = mix(mix(mix(trace_, what), a), b);
  trace_ = mix(trace_, static_cast<std::uint64_t>(now_.count()));
}

void raft_world::complain(const std::string& what) {
  wrong_.push_back(std::to_string(now_.count()) + " ms: " + what);
}

bool raft_world::chance(double p) {
  return static_cast<double>(random_() >> 11) * 0x1.0p-53 < p;
}

std::uint64_t raft_world::below(std::uint64_t n) {
  return n == 0 ? 0 : random_() % n;
}

raft_node::clock::time_point raft_world::clock() const {
  return raft_node::clock::time_point{now_};
}

} // namespace actors
