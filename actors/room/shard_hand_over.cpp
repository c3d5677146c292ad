#include "actors/room/requests.hpp"
#include "actors/room/shard.hpp"

#include <spdlog/spdlog.h>

#include <set>

// How a shard moves from one home to the next; see shard.hpp.

namespace actors {

namespace {

// A donor has one part under way; more come from donors of other views.
constexpr std::size_t max_parked_parts = 4;

constexpr std::chrono::milliseconds give_again_after{100};

shard_answer answer_of(std::optional<proto::errc> error) {
  shard_answer result{std::make_shared<roost::link::ShardReply>()};
  if (error)
    result.reply->mutable_error()->set_code(static_cast<std::uint32_t>(*error));
  else
    result.reply->mutable_done();
  return result;
}

bool may_succeed_later(const shard_answer& answer) {
  return answer.reply->error().code()
         == static_cast<std::uint32_t>(proto::errc::internal);
}

} // namespace

// -- the taking side ----------------------------------------------------------

void shard::on_part(waiting_part x) {
  if (!x.request->has_hand_over())
    return x.promise.deliver(answer_of(proto::errc::bad_request));
  if (x.request->hand_over().view() > view_number()) {
    if (parked_parts_.size() >= max_parked_parts)
      return x.promise.deliver(answer_of(proto::errc::internal));
    if (x.deadline == lane::clock::time_point{})
      x.deadline = home_lane().now() + context_.request_timeout;
    parked_parts_.push_back(std::move(x));
    return plan_time_out();
  }
  take_part(x);
}

void shard::take_part(waiting_part& x) {
  const auto& part = x.request->hand_over();
  if (mode_ == mode::serving && has_taken_all_
      && part.view() >= awaiting_since_)
    return x.promise.deliver(answer_of({})); // our answer was lost
  if (mode_ != mode::awaiting || part.view() < awaiting_since_)
    return x.promise.deliver(answer_of(proto::errc::bad_request));
  for (const auto& piece : part.rooms()) {
    const auto* options = context_.channels->find(piece.room());
    if (options == nullptr) // the namespace is unknown here
      continue;
    // Not refused by rooms_per_node: what was acknowledged must not be lost.
    const auto i = rooms_.find(piece.room());
    const auto home =
        i != rooms_.end() ? i->second : make_room(piece.room(), *options);
    home.object->in_handler([&] { home.object->restore(piece); });
  }
  x.promise.deliver(answer_of({}));
  if (part.last())
    stop_awaiting(true);
  else
    give_up_awaiting_.expires_after(context_.hand_over_timeout);
}

void shard::stop_awaiting(bool complete) {
  if (!complete) {
    home_lane().metrics().shards_lost.add();
    spdlog::warn("shard {} starts with {} rooms: {} did not hand over the rest",
                 number_, rooms_.size(), donor_);
  }
  give_up_awaiting_.cancel();
  for_each_room([](room& x) { x.restored(); });
  mode_ = mode::serving;
  has_taken_all_ = complete;
  donor_.clear();
  if (context_.membership)
    send(context_.membership, shard_settled{number_, view_number()});
  resume_parked();
}

// -- the giving side ----------------------------------------------------------

void shard::start_giving(const std::string& home) {
  mode_ = mode::giving;
  receiver_ = home;
  give_until_ = home_lane().now() + context_.hand_over_timeout;
  for_each_room([](room& x) { x.flush(); });
  gift_.emplace(number_, rooms_to_read());
  give_part();
}

void shard::give_part() {
  give_again_.cancel();
  const auto link = view_->links.find(receiver_);
  if (link == view_->links.end())
    return retry_giving();
  const auto attempt = ++giving_attempt_;
  request(link->second, caf::infinite, ask_shard{gift_->part(view_number())})
      .then([this, attempt](
                const shard_answer& answer) { on_given(attempt, answer); },
            [this, attempt](caf::error&) {
              on_given(attempt, answer_of(proto::errc::internal));
            });
}

void shard::on_given(std::uint64_t attempt, const shard_answer& answer) {
  if (attempt != giving_attempt_ || !gift_)
    return; // of a hand-over that was given up
  if (answer.reply->has_error()) {
    if (may_succeed_later(answer) && home_lane().now() < give_until_)
      return retry_giving();
    spdlog::warn("shard {} drops {} rooms: {} does not take them", number_,
                 rooms_.size(), receiver_);
  } else if (!gift_->at_last()) {
    gift_->taken();
    give_until_ = home_lane().now() + context_.hand_over_timeout;
    return give_part();
  } else {
    home_lane().metrics().shards_handed_over.add();
  }
  stop_giving();
  drop_rooms();
  mode_ = mode::elsewhere;
}

void shard::retry_giving() {
  if (home_lane().now() < give_until_)
    return give_again_.expires_after(give_again_after);
  on_given(giving_attempt_, answer_of(proto::errc::bad_request));
}

room_source shard::rooms_to_read() {
  return {[this] {
            std::vector<std::string> names;
            names.reserve(rooms_.size());
            for (const auto& [id, x] : rooms_)
              names.push_back(id);
            return names;
          },
          [this](const std::string& id, std::size_t bytes,
                 std::deque<roost::link::RoomSnapshot>& out) {
            const auto i = rooms_.find(id);
            if (i != rooms_.end())
              i->second.object->snapshot(bytes, out);
          }};
}

// What a receiver has got it may have served, with offsets that this node does
// not know of: such a room must not go on here, nor be given to anybody else.
void shard::drop_given() {
  const std::set<std::string> safe(gift_->untouched().begin(),
                                   gift_->untouched().end());
  for_each_room([&safe](room& x) {
    if (!safe.contains(x.id()))
      x.end();
  });
}

void shard::stop_giving() {
  gift_.reset();
  ++giving_attempt_;
  give_again_.cancel();
}

} // namespace actors
