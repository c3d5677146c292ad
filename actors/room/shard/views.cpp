#include "actors/room/shard/shard.hpp"

// How a shard follows views; see shard.hpp.

namespace actors {

void shard::on_view(std::shared_ptr<const cluster_view> now) {
  if (view_ && now->view->number() < view_number())
    return; // overtaken by a newer one
  const auto before = std::exchange(view_, std::move(now));
  if (before && before->view->number() == view_number()) {
    // A link has come up or gone down.
    if (std::holds_alternative<giving>(place_) && place_timer_.armed())
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
  for (const auto& old : before.view->members())
    if (old.node() != context_.node && !view_->read().is_member(old))
      rooms_.for_each([&](room& x) { x.node_left(old.node()); });
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
  await_home();
  rooms_.drop();
  enter(unplaced{});
}

void shard::enter(shard_place next) {
  place_timer_.cancel();
  place_ = std::move(next);
}

void shard::on_place_due() {
  if (std::holds_alternative<awaiting>(place_))
    stop_awaiting(false);
  else if (std::holds_alternative<giving>(place_))
    give_part();
}

// The shard has begun anew since the last view that was seen here, maybe more
// than once: offsets that come after ours were given out to others.
void shard::forget_all() {
  forget_replicated();
  rooms_.drop();
  enter(unplaced{});
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
  if (auto* home = replication()) // which it has been, or is about to be
    home->start_term(copies_);
  if (std::holds_alternative<serving>(place_))
    return;
  if (const auto* now = std::get_if<awaiting>(&place_)) {
    if (donor == now->donor && lives_elsewhere(donor))
      return;
    if (donor == now->donor || !comes_from(donor))
      return stop_awaiting(false);
  }
  if (const auto* now = std::get_if<giving>(&place_))
    if (!lives_elsewhere(donor)) {
      rooms_.keep_only(now->gift.untouched());
      return go_on();
    }
  await(donor);
}

// Whether the rooms come from another node.
bool shard::comes_from(const std::string& donor) const {
  return !donor.empty() && donor != context_.node;
}

bool shard::lives_elsewhere(const std::string& donor) const {
  return comes_from(donor) && view_->is_member(donor);
}

// Whatever is here, somebody else has more.
void shard::await(const std::string& donor) {
  if (replication()) {
    become_copy();
    copy().assign(replication_copy::role::standby, copies_.term);
  }
  rooms_.drop();
  copy().enter(copies_.term); // what the home before sends comes too late
  if (!comes_from(donor))
    return go_on();
  enter(awaiting{donor, view_number(), home_lane().now()});
  if (lives_elsewhere(donor))
    place_timer_.expires_after(context_.hand_over_timeout);
  else
    stop_awaiting(false);
}

// Serves with what is here.
void shard::go_on() {
  start_replication(copy().is_in_sync());
  enter(serving{});
}

void shard::become_elsewhere(const std::string& home,
                             const std::string& donor) {
  const bool ours = donor == context_.node;
  if (!ours || receiver_of(place_) != home) // else it is under way, or done
    leave_home(home, ours);
  assign_copy();
}

void shard::leave_home(const std::string& home, bool ours) {
  // A new home that has the copies needs only what is in flight.
  const bool serves = std::holds_alternative<serving>(place_);
  std::optional<roost::link::Replicate> tail;
  if (ours && serves && replication()->state().is_in_sync(home))
    tail = replication()->state().tail();
  if (replication() && (tail || copies_.has_standby(context_.node)))
    become_copy(tail ? givings_ + 1 : relayed_publishers::none);
  else if (replication())
    forget_replicated();
  if (const auto* now = std::get_if<giving>(&place_); now && ours)
    rooms_.keep_only(now->gift.untouched());
  else if (!serves || !ours)
    rooms_.drop();
  enter(elsewhere{});
  if (ours)
    start_giving(home, std::move(tail));
}

} // namespace actors
