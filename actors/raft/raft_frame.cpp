#include "actors/raft/raft_frame.hpp"

namespace actors {

using roost::raft::AppendEntries;
using roost::raft::Entry;
using roost::raft::InstallSnapshot;
using roost::raft::RaftFrame;

namespace {

bool is_number(std::uint64_t x) {
  return x < max_raft_number;
}

/// A place in a log: index and term, both given or, when `may_be_none`, both 0.
bool is_place(std::uint64_t index, std::uint64_t term, std::uint64_t now,
              bool may_be_none) {
  if (index == 0 || term == 0)
    return may_be_none && index == term;
  return is_number(index) && term <= now;
}

bool is_sound(const AppendEntries& x, std::uint64_t term,
              const raft_limits& limits) {
  if (!is_place(x.prev_log_index(), x.prev_log_term(), term, true)
      || !is_number(x.leader_commit())
      || static_cast<std::size_t>(x.entries_size()) > limits.entries)
    return false;
  auto previous = x.prev_log_term();
  for (const auto& entry : x.entries()) {
    if (entry.term() == 0 || entry.term() < previous || entry.term() > term)
      return false;
    previous = entry.term();
    switch (entry.type()) {
    case Entry::COMMAND:
    case Entry::BARRIER:
    case Entry::CONFIGURATION:
      break;
    default:
      return false;
    }
  }
  return true;
}

bool is_sound(const InstallSnapshot& x, std::uint64_t term) {
  return is_place(x.last_index(), x.last_term(), term, false)
         && x.configuration_index() != 0
         && x.configuration_index() <= x.last_index();
}

bool has_sound_body(const RaftFrame& frame, const raft_limits& limits) {
  switch (frame.body_case()) {
  case RaftFrame::kRequestVote: {
    const auto& x = frame.request_vote();
    return is_place(x.last_log_index(), x.last_log_term(), frame.term(), false);
  }
  case RaftFrame::kRequestVoteResult:
    return true;
  case RaftFrame::kAppendEntries:
    return is_sound(frame.append_entries(), frame.term(), limits);
  case RaftFrame::kAppendEntriesResult: {
    const auto& x = frame.append_entries_result();
    return is_number(x.rejected()) && is_number(x.last_log_index());
  }
  case RaftFrame::kInstallSnapshot:
    return is_sound(frame.install_snapshot(), frame.term());
  case RaftFrame::kTimeoutNow: {
    const auto& x = frame.timeout_now();
    return is_place(x.last_log_index(), x.last_log_term(), frame.term(), false);
  }
  case RaftFrame::BODY_NOT_SET:
    return false;
  }
  return false;
}

} // namespace

std::optional<RaftFrame> parse_raft_frame(std::string_view bytes,
                                          const raft_limits& limits) {
  if (bytes.size() > limits.frame_bytes)
    return std::nullopt;
  RaftFrame frame;
  if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  if (frame.from() == 0 || frame.to() == 0 || frame.term() == 0
      || !is_number(frame.term()) || !is_number(frame.sent_at())
      || !has_sound_body(frame, limits))
    return std::nullopt;
  return frame;
}

} // namespace actors
