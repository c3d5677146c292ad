#include "actors/raft/raft_engine/raft_engine.hpp"

#include "actors/raft/raft_convert.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>

namespace actors {

using roost::raft::Entry;
using roost::raft::RaftFrame;

namespace {

/// Room for the fields of a frame around what it carries.
constexpr std::size_t frame_overhead = 64 * 1024;

constexpr std::size_t max_entries_in_frame = 64 * 1024;

raft_limits limits_of(const raft_options& x) {
  return {
      std::max({x.max_command_bytes, x.max_snapshot_bytes, x.max_append_bytes})
          + frame_overhead,
      max_entries_in_frame};
}

} // namespace

raft_engine::raft_engine(const raft_group& group, const raft_member& self,
                         raft_storage& storage, const raft_options& options,
                         raft_machine machine)
    : group_(group), self_(self), storage_(storage), options_(options),
      limits_(limits_of(options)), machine_(std::move(machine)),
      first_entry_(configuration_entry(group)) {
  bind_raft_io(*this, io_);
  bind_raft_fsm(*this, fsm_);
  if (raft_init(&raft_, &io_, &fsm_, self.id, self.name.c_str()) != 0)
    throw std::bad_alloc();
  using std::chrono::milliseconds;
  auto ms = [](milliseconds x) {
    return static_cast<unsigned>(x.count());
  };
  raft_set_election_timeout(&raft_, ms(options.election_timeout));
  raft_set_heartbeat_timeout(&raft_, ms(options.heartbeat));
  raft_set_install_snapshot_timeout(&raft_, ms(options.snapshot_retry));
  raft_set_snapshot_threshold(&raft_, options.snapshot_threshold);
  raft_set_snapshot_trailing(&raft_, options.snapshot_trailing);
  raft_set_pre_vote(&raft_, true);
}

raft_engine::~raft_engine() {
  for (auto& [request, done] : sent_)
    if (done)
      done(request, RAFT_CANCELED);
  raft_close(&raft_, nullptr);
}

void raft_engine::start(std::uint64_t now_ms) {
  now_ = started_at_ = now_ms;
  load_or_create();
  last_stored_ = loading_.first_index + loading_.entries.size() - 1;
  const int rc = raft_start(&raft_);
  loading_ = {};
  if (rc != 0 && failure_.empty())
    fail(storage_.name() + " cannot be used: " + raft_strerror(rc));
  if (!failure_.empty())
    throw storage_error(failure_);
  settle();
}

void raft_engine::load_or_create() {
  auto state = storage_.load();
  if (!state) {
    storage_.create(self_.name, group_, first_entry_);
    state = storage_.load();
  }
  if (!state)
    throw storage_error(storage_.name() + " forgets what is written to it");
  if (state->self != self_.name)
    throw storage_error(storage_.name() + " belongs to the coordinator "
                        + state->self + ", this is " + self_.name);
  if (raft_group stored{state->members}; !(stored == group_))
    throw storage_error(storage_.name() + " belongs to the coordinators "
                        + stored.text() + ", configured are " + group_.text());
  check_stored_state(*state, storage_.name());
  if (state->first_index == 1 && !(state->entries.front() == first_entry_))
    throw storage_error(storage_.name()
                        + " is damaged: its first entry is not its group");
  // A member that decides alone asks nobody, so nothing else would end the
  // term of its last run.
  if (group_.size() == 1)
    storage_.set_term(++state->term);
  loading_ = std::move(*state);
}

void raft_engine::tick(std::uint64_t now_ms) {
  now_ = std::max(now_, now_ms);
  if (!failure_.empty())
    return;
  tick_(&io_);
  settle();
}

void raft_engine::receive(std::uint64_t from, std::string_view bytes,
                          std::uint64_t now_ms) {
  now_ = std::max(now_, now_ms);
  if (!failure_.empty())
    return;
  auto frame = parse_raft_frame(bytes, limits_);
  if (!frame || frame->group() != group_.digest() || frame->from() != from
      || frame->to() != self_.id || from == self_.id || !group_.find(from)
      || !possible(*frame)) {
    ++refused_;
    return;
  }
  answering_ = {};
  answering_.to = from;
  answering_.term = frame->term();
  answering_.sent_at = frame->sent_at();
  if (frame->has_append_entries()) {
    auto& x = *frame->mutable_append_entries();
    skip_snapshotted(x);
    answering_.matches_until =
        x.prev_log_index() + static_cast<std::uint64_t>(x.entries_size());
  } else if (frame->has_install_snapshot()) {
    answering_.matches_until = frame->install_snapshot().last_index();
  }
  note_answer(*frame);
  auto message = to_message(*frame, group_, *group_.find(from));
  receive_(&io_, &message);
  answering_ = {};
  settle();
}

/// What the library takes for granted, and what the group does not allow.
bool raft_engine::possible(const RaftFrame& frame) const {
  switch (frame.body_case()) {
  case RaftFrame::kRequestVote:
    // guard: this member may have promised the leader, before it started, not
    // to elect another one so soon (followed_until).
    return group_.size() == 1 || frame.request_vote().disrupt_leader()
           || now_ >= started_at_
                          + static_cast<std::uint64_t>(
                              options_.election_timeout.count());
  case RaftFrame::kRequestVoteResult:
    // guard: nobody grants a term that was not asked for.
    return !frame.request_vote_result().pre_vote()
           || !frame.request_vote_result().granted()
           || frame.term() <= raft_.current_term + 1;
  case RaftFrame::kAppendEntries:
    // guard: a term has one leader.
    return !(raft_.state == RAFT_LEADER && frame.term() == raft_.current_term)
           && has_known_configuration(frame);
  case RaftFrame::kInstallSnapshot:
    return !(raft_.state == RAFT_LEADER && frame.term() == raft_.current_term)
           && frame.install_snapshot().configuration_index() == 1
           && frame.install_snapshot().data().size()
                  <= options_.max_snapshot_bytes;
  default:
    return true;
  }
}

/// guard: what a snapshot replaced was decided, so it is what the leader has.
/// The library refuses what follows an entry that it no longer knows, and a
/// leader with an older snapshot would begin there for ever.
void raft_engine::skip_snapshotted(roost::raft::AppendEntries& x) const {
  const auto& snapshot = raft_.log.snapshot;
  if (x.prev_log_index() >= snapshot.last_index)
    return;
  const std::uint64_t known = snapshot.last_index - x.prev_log_index();
  const auto skipped = std::min<std::uint64_t>(known, x.entries().size());
  x.mutable_entries()->DeleteSubrange(0, static_cast<int>(skipped));
  x.set_prev_log_index(snapshot.last_index);
  x.set_prev_log_term(snapshot.last_term);
}

/// guard: the library reads configurations without looking where they end.
bool raft_engine::has_known_configuration(const RaftFrame& frame) const {
  const auto& x = frame.append_entries();
  for (int i = 0; i < x.entries_size(); ++i) {
    const auto& entry = x.entries(i);
    if (entry.type() == Entry::CONFIGURATION
        && (x.prev_log_index() != 0 || i != 0 || entry.term() != 1
            || entry.data() != first_entry_.data))
      return false;
  }
  return true;
}

bool raft_engine::append(std::span<const std::string> commands) {
  if (!leads() || commands.empty())
    return false;
  std::vector<raft_buffer> buffers;
  for (const auto& command : commands)
    buffers.push_back(to_buffer(command));
  auto request = std::make_unique<struct raft_apply>();
  const int rc =
      ::raft_apply(&raft_, request.get(), buffers.data(),
                   static_cast<unsigned>(buffers.size()),
                   [](struct raft_apply* x, int, void*) { delete x; });
  if (rc == 0) {
    request.release();
  } else {
    for (auto& buffer : buffers)
      raft_free(buffer.base);
  }
  settle();
  return rc == 0;
}

bool raft_engine::append_barrier() {
  if (!leads())
    return false;
  auto request = std::make_unique<struct raft_barrier>();
  const int rc = ::raft_barrier(&raft_, request.get(),
                                [](struct raft_barrier* x, int) { delete x; });
  if (rc == 0)
    request.release();
  settle();
  return rc == 0;
}

std::uint64_t raft_engine::next_index() {
  return raft_last_index(&raft_) + 1;
}

std::uint64_t raft_engine::leader() const {
  raft_id id = 0;
  const char* address = nullptr;
  if (failure_.empty())
    raft_leader(const_cast<raft*>(&raft_), &id, &address);
  return id;
}

bool raft_engine::ready() const {
  return leads() && barrier_term_ == raft_.current_term
         && raft_.last_applied >= barrier_index_;
}

std::vector<raft_engine::outgoing> raft_engine::take_outbox() {
  return std::exchange(outbox_, {});
}

void raft_engine::fail(std::string why) {
  if (failure_.empty())
    failure_ = std::move(why);
  outbox_.clear();
}

/// Ends what the library has under way, so that the next call finds nothing.
void raft_engine::settle() {
  for (auto& [request, done] : std::exchange(sent_, {}))
    if (done)
      done(request, 0);
  if (failure_.empty() && raft_.state == RAFT_UNAVAILABLE)
    fail("the coordinator " + self_.name
         + " stops: what it stored contradicts what was decided");
  // guard: a leader may count copies of entries of its own term only. The
  // library counts those of its last entry, so that must be one of its own
  // before the first answer arrives.
  if (leads() && barrier_term_ != raft_.current_term) {
    barrier_term_ = raft_.current_term;
    barrier_index_ = next_index();
    if (!append_barrier() && failure_.empty())
      fail("the coordinator " + self_.name + " cannot begin its term");
  }
}

void raft_engine::note_answer(const RaftFrame& frame) {
  if (!frame.has_append_entries_result() || !leads()
      || frame.term() != raft_.current_term || frame.sent_at() > now_)
    return;
  if (std::exchange(followed_term_, raft_.current_term) != raft_.current_term)
    followed_.clear();
  auto& at = followed_[frame.from()];
  at = std::max(at, frame.sent_at());
}

std::uint64_t raft_engine::followed_until() const {
  if (!leads())
    return 0;
  const auto others = group_.size() / 2; // that make a majority with this one
  if (others == 0)
    return now_;
  if (followed_term_ != raft_.current_term || followed_.size() < others)
    return 0;
  std::vector<std::uint64_t> times;
  for (const auto& [id, at] : followed_)
    times.push_back(at);
  std::sort(times.begin(), times.end(), std::greater<>{});
  return times[others - 1];
}

void raft_engine::post(const raft_message& message) {
  if (!failure_.empty())
    return;
  auto frame = to_frame(message, options_.max_append_bytes);
  frame.set_group(group_.digest());
  frame.set_from(self_.id);
  frame.set_to(message.server_id);
  frame.set_sent_at(now_);
  if (frame.has_append_entries_result()) {
    // Who answers in a newer term followed nobody.
    frame.set_sent_at(frame.term() == answering_.term ? answering_.sent_at : 0);
    // guard: an answer vouches for what the leader sent, not for entries of
    // an older leader that follow it here.
    auto& x = *frame.mutable_append_entries_result();
    if (x.rejected() == 0)
      x.set_last_log_index(std::min<std::uint64_t>(x.last_log_index(),
                                                   answering_.matches_until));
  }
  // guard: who asks for a term of the past must hear of ours. The library
  // repeats the term that was asked for, and members with different terms
  // would ask each other for ever.
  if (frame.has_request_vote_result() && frame.request_vote_result().pre_vote()
      && !frame.request_vote_result().granted())
    frame.set_term(std::max<std::uint64_t>(frame.term(), raft_.current_term));
  outbox_.push_back({message.server_id, frame.SerializeAsString()});
}

} // namespace actors
