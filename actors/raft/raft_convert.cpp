#include "actors/raft/raft_convert.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace actors {

using roost::raft::RaftFrame;

namespace {

template <class T>
T* allocate(std::size_t n = 1) {
  auto* out =
      static_cast<T*>(raft_calloc(std::max<std::size_t>(n, 1), sizeof(T)));
  if (!out)
    throw std::bad_alloc();
  return out;
}

raft_append_entries to_append(const roost::raft::AppendEntries& x,
                              std::uint64_t term) {
  raft_append_entries out{};
  out.term = term;
  out.prev_log_index = x.prev_log_index();
  out.prev_log_term = x.prev_log_term();
  // guard: what follows these entries here need not be the leader's.
  out.leader_commit = std::min<std::uint64_t>(
      x.leader_commit(),
      x.prev_log_index() + static_cast<std::uint64_t>(x.entries_size()));
  if (x.entries().empty())
    return out;
  std::size_t size = 0;
  for (const auto& entry : x.entries())
    size += entry.data().size();
  auto* batch = allocate<char>(size);
  out.entries =
      allocate<raft_entry>(static_cast<std::size_t>(x.entries_size()));
  auto* end = batch;
  for (const auto& entry : x.entries()) {
    auto& to = out.entries[out.n_entries++];
    to.term = entry.term();
    to.type = static_cast<unsigned short>(entry.type());
    to.buf = {end, entry.data().size()};
    to.batch = batch;
    end = std::copy(entry.data().begin(), entry.data().end(), end);
  }
  return out;
}

void write_append(const raft_append_entries& x, std::size_t max_bytes,
                  roost::raft::AppendEntries& out) {
  out.set_prev_log_index(x.prev_log_index);
  out.set_prev_log_term(x.prev_log_term);
  std::size_t bytes = 0;
  for (unsigned i = 0; i < x.n_entries; ++i) {
    const auto from = to_view(x.entries[i]);
    bytes += from.data.size() + 16;
    if (i > 0 && bytes > max_bytes)
      break;
    auto& entry = *out.add_entries();
    entry.set_term(from.term);
    entry.set_type(static_cast<roost::raft::Entry::Type>(from.type));
    entry.set_data(from.data.data(), from.data.size());
  }
  out.set_leader_commit(std::min<std::uint64_t>(
      x.leader_commit,
      x.prev_log_index + static_cast<std::uint64_t>(out.entries_size())));
}

} // namespace

raft_buffer to_buffer(std::string_view bytes) {
  auto* base = allocate<char>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), base);
  return {base, bytes.size()};
}

raft_configuration to_configuration(const raft_group& group) {
  raft_configuration out;
  raft_configuration_init(&out);
  for (const auto& m : group.members())
    if (raft_configuration_add(&out, m.id, m.name.c_str(), RAFT_VOTER) != 0)
      throw std::bad_alloc();
  return out;
}

stored_entry configuration_entry(const raft_group& group) {
  auto configuration = to_configuration(group);
  raft_buffer buffer{};
  const int rc = raft_configuration_encode(&configuration, &buffer);
  raft_configuration_close(&configuration);
  if (rc != 0)
    throw std::bad_alloc();
  stored_entry out{1,
                   entry_type::configuration,
                   {static_cast<const char*>(buffer.base), buffer.len}};
  raft_free(buffer.base);
  // The library leaves the padding at the end as it finds it.
  std::size_t used = 1 + sizeof(std::uint64_t);
  for (const auto& m : group.members())
    used += sizeof(std::uint64_t) + m.name.size() + 1 + 1;
  for (auto i = used; i < out.data.size(); ++i)
    out.data[i] = '\0';
  return out;
}

entry_view to_view(const raft_entry& entry) {
  // The library never writes the eight bytes of a barrier.
  if (entry.type == RAFT_BARRIER)
    return {entry.term, entry_type::barrier, {}};
  return {entry.term,
          static_cast<entry_type>(entry.type),
          {static_cast<const char*>(entry.buf.base), entry.buf.len}};
}

raft_message to_message(const RaftFrame& frame, const raft_group& group,
                        const raft_member& from) {
  raft_message out{};
  out.server_id = from.id;
  out.server_address = from.name.c_str();
  switch (frame.body_case()) {
  case RaftFrame::kRequestVote: {
    const auto& x = frame.request_vote();
    out.type = RAFT_IO_REQUEST_VOTE;
    out.request_vote = {frame.term(),       from.id,
                        x.last_log_index(), x.last_log_term(),
                        x.disrupt_leader(), x.pre_vote()};
    break;
  }
  case RaftFrame::kRequestVoteResult: {
    const auto& x = frame.request_vote_result();
    out.type = RAFT_IO_REQUEST_VOTE_RESULT;
    out.request_vote_result = {frame.term(), x.granted(),
                               TO_RAFT_TRIBOOL(x.pre_vote())};
    break;
  }
  case RaftFrame::kAppendEntries:
    out.type = RAFT_IO_APPEND_ENTRIES;
    out.append_entries = to_append(frame.append_entries(), frame.term());
    break;
  case RaftFrame::kAppendEntriesResult: {
    const auto& x = frame.append_entries_result();
    out.type = RAFT_IO_APPEND_ENTRIES_RESULT;
    out.append_entries_result = {frame.term(), x.rejected(),
                                 x.last_log_index()};
    break;
  }
  case RaftFrame::kInstallSnapshot: {
    const auto& x = frame.install_snapshot();
    out.type = RAFT_IO_INSTALL_SNAPSHOT;
    out.install_snapshot = {frame.term(),
                            x.last_index(),
                            x.last_term(),
                            to_configuration(group),
                            x.configuration_index(),
                            to_buffer(x.data())};
    break;
  }
  case RaftFrame::kTimeoutNow: {
    const auto& x = frame.timeout_now();
    out.type = RAFT_IO_TIMEOUT_NOW;
    out.timeout_now = {frame.term(), x.last_log_index(), x.last_log_term()};
    break;
  }
  case RaftFrame::BODY_NOT_SET:
    break;
  }
  return out;
}

RaftFrame to_frame(const raft_message& message, std::size_t max_append_bytes) {
  RaftFrame out;
  switch (message.type) {
  case RAFT_IO_REQUEST_VOTE: {
    const auto& x = message.request_vote;
    out.set_term(x.term);
    auto& to = *out.mutable_request_vote();
    to.set_last_log_index(x.last_log_index);
    to.set_last_log_term(x.last_log_term);
    to.set_disrupt_leader(x.disrupt_leader);
    to.set_pre_vote(x.pre_vote);
    break;
  }
  case RAFT_IO_REQUEST_VOTE_RESULT: {
    const auto& x = message.request_vote_result;
    out.set_term(x.term);
    out.mutable_request_vote_result()->set_granted(x.vote_granted);
    out.mutable_request_vote_result()->set_pre_vote(x.pre_vote
                                                    == raft_tribool_true);
    break;
  }
  case RAFT_IO_APPEND_ENTRIES:
    out.set_term(message.append_entries.term);
    write_append(message.append_entries, max_append_bytes,
                 *out.mutable_append_entries());
    break;
  case RAFT_IO_APPEND_ENTRIES_RESULT: {
    const auto& x = message.append_entries_result;
    out.set_term(x.term);
    out.mutable_append_entries_result()->set_rejected(x.rejected);
    out.mutable_append_entries_result()->set_last_log_index(x.last_log_index);
    break;
  }
  case RAFT_IO_INSTALL_SNAPSHOT: {
    const auto& x = message.install_snapshot;
    out.set_term(x.term);
    auto& to = *out.mutable_install_snapshot();
    to.set_last_index(x.last_index);
    to.set_last_term(x.last_term);
    to.set_configuration_index(x.conf_index);
    to.set_data(x.data.base, x.data.len);
    break;
  }
  case RAFT_IO_TIMEOUT_NOW: {
    const auto& x = message.timeout_now;
    out.set_term(x.term);
    out.mutable_timeout_now()->set_last_log_index(x.last_log_index);
    out.mutable_timeout_now()->set_last_log_term(x.last_log_term);
    break;
  }
  default:
    break;
  }
  return out;
}

} // namespace actors
