#include "actors/room/shard/shard.hpp"

#include <algorithm>

// How a shard follows views; see shard.hpp.

namespace actors {

void shard::on_view(std::shared_ptr<const cluster_view> now) {
  if (view_ && now->view->number() < view_number())
    return; // overtaken by a newer one
  const auto before = std::exchange(view_, std::move(now));
  if (before && before->view->number() == view_number()) {
    // A link has come up or gone down.
    if (mode_ == mode::giving && give_again_.armed())
      give_part();
    if (auto* home = replication())
      home->retry();
    return resume_parked();
  }
  if (before)
    forget_departed(*before);
  place();
  resume_parked();
}

void shard::forget_departed(const cluster_view& before) {
  for (const auto& old : before.view->members()) {
    const auto& members = view_->view->members();
    const bool stays =
        std::any_of(members.begin(), members.end(), [&](const auto& x) {
          return x.node() == old.node() && x.incarnation() == old.incarnation();
        });
    if (stays || old.node() == context_.node)
      continue;
    rooms_.for_each([&](room& x) { x.node_left(old.node()); });
  }
}

void shard::place() {
  const auto term_before = copies_.term;
  copies_ = view_->read().copies_of(number_);
  if (copies_.anew > term_before)
    forget_all();
  const auto& donor = view_->read().donor_of(number_);
  const auto* home = view_->home_of(number_);
  if (home != nullptr && *home == context_.node)
    return become_home(donor);
  if (home != nullptr)
    return become_elsewhere(*home, donor);
  stop_giving();
  receiver_.clear();
  give_up_awaiting_.cancel();
  await_home();
  rooms_.drop();
  mode_ = mode::unplaced;
}

// The shard has begun anew since the last view that was seen here, maybe more
// than once: offsets that come after ours were given out to others.
void shard::forget_all() {
  stop_giving();
  receiver_.clear();
  give_up_awaiting_.cancel();
  forget_replicated();
  rooms_.drop();
  mode_ = mode::unplaced;
}

// Who had everything keeps it, since this node may become the home again; what
// others have is older than what was acknowledged.
void shard::await_home() {
  using role = replication_copy::role;
  const bool holds = copies_.has_holder(context_.node);
  if (holds && replication())
    become_copy();
  else if (replication())
    forget_replicated();
  copy().assign(holds ? role::standby : role::none, copies_.term);
  count_copies();
}

void shard::become_home(const std::string& donor) {
  const bool given = donor != "" && donor != context_.node;
  const bool donor_lives = given && view_->is_member(donor);
  switch (mode_) {
  case mode::serving:
    return replication()->start_term(copies_);
  case mode::awaiting:
    if (auto* home = replication())
      home->start_term(copies_);
    if (donor_lives && donor == donor_)
      return;
    if (given && donor != donor_) // somebody else has them
      break;
    return stop_awaiting(false);
  case mode::giving:
    if (donor_lives) // it has got what we gave
      break;
    drop_given();
    stop_giving();
    receiver_.clear();
    start_replication(copy().is_in_sync());
    mode_ = mode::serving;
    return;
  case mode::unplaced:
  case mode::elsewhere:
    break;
  }
  stop_giving();
  if (replication()) {
    become_copy();
    copy().assign(replication_copy::role::standby, copies_.term);
  }
  rooms_.drop();
  copy().enter(copies_.term); // what the home before sends comes too late
  receiver_.clear();
  donor_ = donor;
  awaiting_since_ = view_number();
  has_taken_all_ = false;
  paused_since_ = home_lane().now();
  mode_ = mode::awaiting;
  if (donor_lives)
    give_up_awaiting_.expires_after(context_.hand_over_timeout);
  else if (given)
    stop_awaiting(false);
  else {
    start_replication(copy().is_in_sync());
    mode_ = mode::serving;
  }
}

void shard::become_elsewhere(const std::string& home,
                             const std::string& donor) {
  give_up_awaiting_.cancel();
  const bool ours = donor == context_.node;
  if (!ours || receiver_ != home) // else it is under way, or done
    leave_home(home, ours);
  assign_copy();
}

void shard::leave_home(const std::string& home, bool ours) {
  // A new home that has the copies needs only what is in flight.
  std::optional<roost::link::Replicate> tail;
  if (ours && mode_ == mode::serving && replication()->state().is_in_sync(home))
    tail = replication()->state().tail();
  if (replication() && (tail || copies_.has_standby(context_.node)))
    become_copy(tail ? givings_ + 1 : relayed_publishers::none);
  else if (replication())
    forget_replicated();
  if (mode_ == mode::giving)
    drop_given();
  else if (mode_ != mode::serving)
    rooms_.drop();
  stop_giving();
  if (!ours)
    rooms_.drop();
  mode_ = mode::elsewhere;
  receiver_.clear();
  if (ours)
    start_giving(home, std::move(tail));
}

} // namespace actors
