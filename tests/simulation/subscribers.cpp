#include "tests/simulation/subscribers.hpp"

#include <google/protobuf/io/coded_stream.h>

namespace simulation {

void follower::act() {
  if (state_ != state::out && world_.start_of(node_) != start_) {
    ++attempt_;
    go_out(1, 300);
  }
  if (state_ == state::asking && world_.works(node_) && world_.caught_up(node_)
      && world_.at(node_).lane().now() > deadline_)
    truth_.fail("I5", world_.name(node_) + " does not answer " + name_);
  if (state_ == state::in && !stays_ && world_.works(node_)
      && chance_.one_in(2'000)) {
    trace_.note("unsubscribe", name_);
    world_.at(node_).audience().unsubscribe(*this, room_);
    go_out(1, 2'000);
  }
  if (full_ && state_ == state::in && world_.works(node_)
      && chance_.one_in(16)) {
    full_ = false;
    world_.at(node_).audience().go_on(*this);
  }
  if (state_ == state::out && due_ <= world_.now())
    subscribe();
}

bool follower::has_room_for(std::size_t) {
  full_ = !stays_ && chance_.one_in(3);
  return !full_;
}

void follower::go_out(std::int64_t least, std::int64_t most) {
  state_ = state::out;
  full_ = false;
  due_ = world_.now() + milliseconds{chance_.between(least, most)};
}

void follower::subscribe() {
  const auto nodes = world_.working();
  if (nodes.empty())
    return;
  node_ = chance_.any(nodes);
  start_ = world_.start_of(node_);
  state_ = state::asking;
  deadline_ = world_.at(node_).lane().now() + 4 * world_.how().request_timeout;
  actors::subscription_request request;
  request.room = room_;
  request.options = world_.how().channels.find(room_);
  request.info.set_client(name_);
  request.info.set_user(name_);
  request.features.positioned = true;
  request.features.recoverable = true;
  if (!at_.epoch.empty()) {
    request.recover = true;
    request.epoch = at_.epoch;
    request.offset = at_.offset;
  }
  asked_old_home_ = world_.knows_home_of_before(node_, room_);
  trace_.note("subscribe", name_, room_, node_ + 1, at_.offset);
  world_.at(node_).audience().subscribe(
      *this, std::move(request),
      [this, attempt = ++attempt_](actors::subscribe_outcome x) {
        if (attempt == attempt_)
          on_outcome(std::move(x));
      });
}

void follower::on_outcome(actors::subscribe_outcome outcome) {
  if (const auto* code = std::get_if<proto::errc>(&outcome)) {
    trace_.note("unanswered", name_, room_);
    if (!proto::temporary(*code))
      truth_.fail("answers", name_ + " is refused for good");
    return go_out(5, 300);
  }
  const auto& answer = std::get<actors::subscribed>(outcome);
  state_ = state::in;
  trace_.note(answer.recovered ? "recovered" : "subscribed", name_, room_,
              answer.offset, answer.publications.size());
  if (answer.recovered) {
    if (answer.epoch != at_.epoch || answer.offset != at_.offset)
      return truth_.fail("I3", name_ + " recovers from "
                                   + text(room_, {answer.epoch, answer.offset})
                                   + " and not from " + text(room_, at_));
    for (const auto& x : answer.publications)
      take(x->offset(), x->data());
    return;
  }
  if (answer.epoch == at_.epoch && answer.offset < at_.offset
      && (asked_old_home_ || world_.knows_home_of_before(node_, room_))) {
    // That home did not know yet that it is none any more.
    ++stale_;
    world_.at(node_).audience().unsubscribe(*this, room_);
    return go_out(50, 500);
  }
  if (!at_.epoch.empty()) {
    ++losses_;
    if (world_.how().is_replicated(room_) && !world_.how().reckless)
      truth_.fail("I1", name_ + " cannot go on from " + text(room_, at_)
                            + ": there is "
                            + text(room_, {answer.epoch, answer.offset}));
  }
  at_ = {answer.epoch, answer.offset};
}

void follower::deliver(const proto::frame_ptr& push) {
  const auto bytes = push->payload();
  google::protobuf::io::CodedInputStream in{
      reinterpret_cast<const std::uint8_t*>(bytes.data()),
      static_cast<int>(bytes.size())};
  std::uint32_t size = 0;
  while (in.ReadVarint32(&size)) {
    std::string one;
    roost::client::Reply reply;
    if (!in.ReadString(&one, static_cast<int>(size))
        || !reply.ParseFromString(one))
      return truth_.fail("I3", name_ + " gets bytes that are no push");
    if (reply.push().has_pub())
      take(reply.push().pub().offset(), reply.push().pub().data());
  }
}

void follower::take(std::uint64_t offset, const std::string& data) {
  trace_.note("delivered", name_, data, offset);
  if (state_ != state::in)
    return truth_.fail("I3", name_ + " gets '" + data + "' while it is out");
  if (offset != at_.offset + 1)
    return truth_.fail("I3", name_ + " gets '" + data + "' at "
                                 + text(room_, {at_.epoch, offset}) + " after "
                                 + text(room_, at_));
  at_.offset = offset;
  truth_.seen(room_, at_, data, name_);
}

void follower::lost_continuity(const std::string&) {
  trace_.note("lost", name_, room_);
  ++attempt_;
  go_out(1, 300);
}

} // namespace simulation
