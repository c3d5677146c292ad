#include "actors/room/audience/impl.hpp"
#include "actors/room/requests.hpp"

// Letting subscribers into live rooms.
//
// Who wants nothing missed gets the position at once. Who recovers may need
// the home: its answer comes behind every event before the position that it
// says, on the same path, so the room is then at that very position. If it is
// not (the answer came another way), the home is asked again.

namespace actors {

namespace {

constexpr std::uint32_t max_tries = 3;

bool by_newest(const subscription_request& request) {
  return request.options != nullptr
         && request.options->force_recovery_mode
                == config::recovery_mode::cache;
}

} // namespace

void audience::impl::admit_waiting(const room_ptr& room) {
  while (room->live && !room->waiting.empty()) {
    auto x = std::move(room->waiting.front());
    room->waiting.pop_front();
    --parked_;
    admit(room, std::move(x));
  }
}

void audience::impl::admit(const room_ptr& room, audience_waiter x) {
  const auto& request = x.request;
  missed_publications nothing;
  if (!request.features.recoverable || !request.recover)
    return let_in(*room, x, false, nothing);
  if (by_newest(request) && !room->epoch.empty())
    return ask_missed(room, {missed_question::newest}, std::move(x));
  const bool same_epoch = request.epoch.empty() || request.epoch == room->epoch;
  if (same_epoch && request.offset == room->offset)
    return let_in(*room, x, true, nothing);
  if (!same_epoch || request.offset > room->offset
      || room->offset - request.offset > settings_.recovery_limit)
    return let_in(*room, x, false, nothing);
  const missed_question what{request.offset, request.missed_later};
  ask_missed(room, what, std::move(x));
}

void audience::impl::let_in(audience_room& room, audience_waiter& x,
                            bool recovered, missed_publications& missed,
                            bool behind) {
  flush(room); // what comes before the position is not for `x`
  const auto& request = x.request;
  audience_member member;
  member.who = x.who;
  member.format = x.who->format();
  member.behind = behind;
  member.features = request.features;
  auto& has = member.features;
  has.positioned = has.positioned || has.recoverable;
  has.compaction = has.compaction && request.options != nullptr
                   && request.options->allow_channel_compaction;
  has.delta = has.delta && !request.filter;
  if (has.presence || has.announce)
    member.info =
        std::make_shared<const roost::client::ClientInfo>(request.info);

  subscribed result;
  result.positioned = has.positioned;
  result.recoverable = has.recoverable;
  result.was_recovering = has.recoverable && request.recover;
  result.recovered = recovered;
  if (has.positioned) {
    result.epoch = room.epoch;
    result.offset = recovered ? request.offset : room.offset;
  }
  result.delta = has.delta;
  result.publications = has.delta
                            ? missed.as_deltas(member.format, delta_encoder_)
                            : missed.for_filter(request.filter.get());
  // The client counts up from its position by what it is given.
  if (recovered && has.positioned && !behind && result.publications.empty())
    result.offset = room.offset;
  result.id = has.compaction ? room.number : 0;

  auto& who = *x.who;
  add_member(room, std::move(member), request.filter, missed);
  answer(x, std::move(result));
  // After the answer, so that the joiner's own join follows it.
  if (const auto* in = room.members.find(who); in != nullptr && in->info)
    arrive(room, *in, true);
}

void audience::impl::ask_missed(const room_ptr& room, missed_question what,
                                audience_waiter x) {
  if (parked_ >= settings_.parked_limit) {
    metrics().requests_refused.add();
    answer(x, proto::errc::internal);
    return forget_if_unused(*room);
  }
  ++parked_;
  const auto [entry, first] = room->recovering.try_emplace(what);
  entry->second.push_back(std::move(x));
  if (!first) // the same was asked already
    return;
  auto request = request_to(room->name);
  auto& body = *request->mutable_history();
  if (what.after == missed_question::newest) {
    body.set_limit(1);
    body.set_reverse(true);
  } else {
    body.set_limit(
        what.later ? 1 : static_cast<std::int32_t>(settings_.recovery_limit));
    body.set_offsets_only(what.later);
    body.set_max_bytes(settings_.page_bytes);
    body.mutable_since()->set_epoch(room->epoch);
    body.mutable_since()->set_offset(what.after);
  }
  ask(room->shard, std::move(request),
      [this, weak = std::weak_ptr{room}, what](const room_answer& answer) {
        const auto asking = weak.lock();
        if (asking && !asking->forgotten)
          on_missed(asking, what, answer);
      });
}

void audience::impl::on_missed(const room_ptr& room, missed_question what,
                               const room_answer& answer) {
  const auto entry = room->recovering.find(what);
  if (entry == room->recovering.end())
    return;
  room->answering.splice(room->answering.end(), entry->second);
  room->recovering.erase(entry);

  const auto& history = answer.reply->history();
  if (is_error(answer)) {
    const auto code = error_of(answer);
    if (proto::temporary(code)
        || code == proto::errc::unrecoverable_position) // the epoch moved on
      try_again(room, what, true);
    else
      answer_all(*room, room->answering, code);
  } else if (!room->live || history.epoch() != room->epoch
             || history.offset() != room->offset) {
    try_again(room, what, false);
  } else {
    let_in_with(room, what, answer);
  }
  forget_if_unused(*room);
}

void audience::impl::let_in_with(const room_ptr& room, missed_question what,
                                 const room_answer& answer) {
  const auto after = what.after;
  const auto& history = answer.reply->history();
  std::vector<publication_ptr> missed;
  for (const auto& x : history.publications())
    missed.emplace_back(answer.reply, &x);
  const bool newest = after == missed_question::newest;
  bool recovered = false;
  if (newest)
    recovered = !missed.empty() && missed.front()->offset() == room->offset;
  else
    recovered = missed.empty() ? after == room->offset
                               : missed.front()->offset() == after + 1;
  if (!recovered)
    missed.clear();
  missed_publications all{std::move(missed)};
  missed_publications nothing;
  while (!room->answering.empty()) { // an answer may unsubscribe others
    auto x = std::move(room->answering.front());
    room->answering.pop_front();
    --parked_;
    const bool has_it = newest && x.request.offset == room->offset
                        && x.request.offset > 0
                        && x.request.epoch == room->epoch;
    auto& given = has_it || what.later ? nothing : all;
    const auto reached = given.empty() ? after : given.last()->offset();
    const bool behind = recovered && !newest && reached < room->offset;
    auto& who = *x.who;
    let_in(*room, x, recovered, given, behind);
    if (behind && room->members.find(who) != nullptr)
      fall_behind(room, who, reached);
  }
}

void audience::impl::try_again(const room_ptr& room, missed_question what,
                               bool attach_first) {
  if (attach_first && room->live && !room->answering.empty())
    attach_again(room, false);
  while (!room->answering.empty()) { // an answer may unsubscribe others
    auto x = std::move(room->answering.front());
    room->answering.pop_front();
    --parked_;
    if (++x.tries >= max_tries) {
      metrics().requests_refused.add();
      answer(x, proto::errc::internal);
    } else if (room->live) {
      ask_missed(room, what, std::move(x));
    } else {
      park(room, std::move(x));
    }
  }
}

} // namespace actors
