#include "actors/raft/raft_proposals.hpp"

namespace actors {

namespace {

proposal_result ended_as(proposal_end how, std::string leader = {}) {
  return {how, 0, std::move(leader)};
}

} // namespace

void raft_proposals::add(std::string command, raft_node::done on_done) {
  if (command.empty() || command.size() > options_.max_command_bytes)
    return end(std::move(on_done), ended_as(proposal_end::unfit));
  add({std::move(command), std::move(on_done)});
}

void raft_proposals::add_barrier(raft_node::done on_done) {
  add({{}, std::move(on_done)});
}

void raft_proposals::add(waiting x) {
  if (waiting_.size() >= options_.max_waiting)
    return end(std::move(x.on_done), ended_as(proposal_end::too_many));
  waiting_.push_back(std::move(x));
}

void raft_proposals::end(raft_node::done on_done, proposal_result result) {
  if (on_done)
    ended_.emplace_back(std::move(on_done), std::move(result));
}

void raft_proposals::advance(raft_engine& engine) {
  if (term_ != engine.term()) {
    end_under_way(proposal_end::lost_leadership);
    term_ = engine.term();
  }
  while (!under_way_.empty()
         && under_way_.begin()->first <= engine.last_applied()) {
    auto& [index, on_done] = *under_way_.begin();
    end(std::move(on_done), {proposal_end::committed, index, {}});
    under_way_.erase(under_way_.begin());
  }
  if (engine.ready() && under_way_.empty() && !waiting_.empty())
    append_batch(engine);
}

void raft_proposals::append_batch(raft_engine& engine) {
  std::vector<std::string> commands;
  std::vector<raft_node::done> barriers;
  std::size_t bytes = 0;
  auto index = engine.next_index();
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    bytes += next.command.size();
    if (!commands.empty() && bytes > options_.max_append_bytes)
      break;
    if (next.command.empty()) {
      barriers.push_back(std::move(next.on_done));
    } else {
      commands.push_back(std::move(next.command));
      under_way_.emplace(index++, std::move(next.on_done));
    }
    waiting_.pop_front();
  }
  for (auto& on_done : barriers)
    under_way_.emplace(index, std::move(on_done));
  if (!commands.empty() && !engine.append(commands))
    return;
  if (!barriers.empty())
    engine.append_barrier();
}

void raft_proposals::end_under_way(proposal_end how) {
  for (auto& [index, on_done] : std::exchange(under_way_, {}))
    end(on_done, ended_as(how));
}

void raft_proposals::refuse_all(const std::string& leader) {
  end_under_way(proposal_end::lost_leadership);
  for (auto& x : std::exchange(waiting_, {}))
    end(std::move(x.on_done), ended_as(proposal_end::not_leader, leader));
}

void raft_proposals::end_all(proposal_end how) {
  end_under_way(how);
  for (auto& x : std::exchange(waiting_, {}))
    end(std::move(x.on_done), ended_as(how));
}

void raft_proposals::tell() {
  for (auto& [on_done, result] : std::exchange(ended_, {}))
    on_done(result);
}

bool raft_proposals::has_work(const raft_engine& engine) const {
  if (!ended_.empty())
    return true;
  if (!engine.leads())
    return !waiting_.empty() || !under_way_.empty();
  if (!under_way_.empty())
    return term_ != engine.term()
           || under_way_.begin()->first <= engine.last_applied();
  return engine.ready() && !waiting_.empty();
}

} // namespace actors
