#include "actors/room/room_log.hpp"

#include "actors/room/release.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <random>

namespace actors {

namespace {

// What a kept publication costs beyond its encoded size.
constexpr std::size_t entry_overhead = 128;

publication_ptr make_publication(roost::link::Publish& request,
                                 std::uint64_t offset,
                                 const std::string& epoch) {
  auto result = std::make_shared<roost::client::Publication>();
  result->set_data(std::move(*request.mutable_data()));
  if (request.has_info())
    result->mutable_info()->Swap(request.mutable_info());
  result->mutable_tags()->swap(*request.mutable_tags());
  result->set_offset(offset);
  if (offset == 1) // the first of an epoch names it
    result->set_epoch(epoch);
  return result;
}

/// Whether the namespace's versions make a publication too late.
template <class Head>
bool is_stale(const roost::link::Publish& request, const Head& at) {
  if (request.version() == 0)
    return false;
  const bool same_epoch = request.version_epoch().empty()
                          || request.version_epoch() == at.version_epoch;
  return same_epoch && request.version() <= at.version;
}

} // namespace

epoch_source random_epochs(std::uint64_t seed) {
  return [random = std::mt19937_64{seed}]() mutable {
    static constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::uniform_int_distribution<std::size_t> any{0, letters.size() - 1};
    std::string result(8, ' ');
    for (auto& c : result)
      c = letters[any(random)];
    return result;
  };
}

room_log::room_log(const config::channel_options& options,
                   const room_log_limits& limits, epoch_source& epochs,
                   unix_time now)
    : room_log(options, limits, epochs) {
  start_again(options_->has_history() ? (*epochs_)() : "", now);
}

void room_log::start_again(std::string epoch, unix_time now) {
  at_ = {};
  at_.epoch = std::move(epoch);
  touched_ = now;
  remove_history();
  // What they remember are offsets of the epoch before.
  release(keys_);
  release(key_order_);
}

// -- changes ------------------------------------------------------------------

room_log::published room_log::publish(roost::link::Publish& request,
                                      unix_time now) {
  auto made = prepare(request, now);
  if (!made.record)
    return {nullptr, std::move(made.at)};
  apply(*made.record, now);
  return {std::move(made.record->publication), std::move(made.at)};
}

room_record room_log::prepare_start() {
  room_record result;
  result.what = room_record::kind::started;
  result.epoch = (*epochs_)();
  return result;
}

room_record room_log::prepare_history_removal() const {
  room_record result;
  result.what = room_record::kind::history_removed;
  result.epoch = newest().epoch;
  return result;
}

room_log::prepared room_log::prepare(roost::link::Publish& request,
                                     unix_time now) {
  const auto& newest_at = newest();
  if (!request.idempotency_key().empty())
    if (auto found = repeated(request.idempotency_key(), now))
      return std::move(*found);
  const bool kept = options_->has_history() && !request.skip_history();
  if (kept && is_stale(request, newest_at))
    return {std::nullopt, {newest_at.epoch, newest_at.offset}, in_flight()};
  room_record made;
  made.what = room_record::kind::published;
  made.epoch = newest_at.epoch;
  made.at = now;
  made.delta = request.delta();
  if (!request.idempotency_key().empty()) {
    made.idempotency_key = std::move(*request.mutable_idempotency_key());
    made.key_expires = now + limits_.idempotency_ttl;
  }
  if (kept) {
    made.version = request.version();
    made.version_epoch = std::move(*request.mutable_version_epoch());
  }
  const auto offset = kept ? newest_at.offset + 1 : 0;
  made.publication = make_publication(request, offset, made.epoch);
  position at;
  if (kept)
    at = {made.epoch, offset};
  return {std::move(made), std::move(at), false};
}

std::optional<room_log::prepared> room_log::repeated(const std::string& key,
                                                     unix_time now) const {
  if (flight_) {
    const auto i = flight_->keys.find(key);
    if (i != flight_->keys.end())
      return prepared{std::nullopt, {flight_->at.epoch, i->second}, true};
    if (epoch_changes())
      return std::nullopt; // what is remembered goes with the epoch
  }
  const auto i = keys_.find(key);
  if (i == keys_.end() || i->second.expires <= now)
    return std::nullopt;
  return prepared{std::nullopt, {at_.epoch, i->second.offset}, false};
}

void room_log::advance(head& at, const room_record& record) {
  switch (record.what) {
  case room_record::kind::started:
    at = {};
    at.epoch = record.epoch;
    return;
  case room_record::kind::published:
    if (record.publication->offset() == 0)
      return;
    if (record.epoch != at.epoch) { // the first of an epoch starts it, too
      at = {};
      at.epoch = record.epoch;
    }
    at.offset = record.publication->offset();
    if (record.version > 0) {
      at.version = record.version;
      at.version_epoch = record.version_epoch;
    }
    return;
  case room_record::kind::ended:
    at = {};
    return;
  case room_record::kind::history_removed:
    return;
  }
}

void room_log::expect(const room_record& record) {
  if (!flight_) {
    flight_ = std::make_unique<flight>();
    flight_->at = at_;
  }
  ++flight_->records;
  const auto before = flight_->at.epoch;
  advance(flight_->at, record);
  if (flight_->at.epoch != before)
    flight_->keys.clear();
  if (!record.idempotency_key.empty())
    flight_->keys.insert_or_assign(record.idempotency_key,
                                   record.publication->offset());
}

void room_log::apply(const room_record& record, unix_time now) {
  switch (record.what) {
  case room_record::kind::started:
    start_again(record.epoch, now);
    break;
  case room_record::kind::ended:
    start_again("", now);
    break;
  case room_record::kind::history_removed:
    remove_history();
    break;
  case room_record::kind::published:
    if (record.publication->offset() > 0) {
      if (record.epoch != at_.epoch)
        start_again(record.epoch, record.at);
      advance(at_, record);
      touched_ = record.at;
      keep(record.publication, record.at);
    }
    if (!record.idempotency_key.empty())
      remember(record.idempotency_key, record.publication->offset(),
               record.key_expires);
    break;
  }
  if (flight_)
    land(record);
}

void room_log::land(const room_record& record) {
  if (!record.idempotency_key.empty()) {
    const auto i = flight_->keys.find(record.idempotency_key);
    if (i != flight_->keys.end() && i->second == record.publication->offset())
      flight_->keys.erase(i);
  }
  if (--flight_->records == 0)
    flight_.reset();
}

bool room_log::continues_with(const room_record& record) const {
  switch (record.what) {
  case room_record::kind::started:
  case room_record::kind::ended:
    return true;
  case room_record::kind::history_removed:
    return record.epoch == at_.epoch;
  case room_record::kind::published:
    return record.publication->offset() == 1
           || (record.epoch == at_.epoch
               && record.publication->offset() == at_.offset + 1);
  }
  return false;
}

void room_log::keep(publication_ptr publication, unix_time at) {
  const auto bytes = publication->ByteSizeLong() + entry_overhead;
  bytes_ += bytes;
  history_.push_back({std::move(publication), at, bytes});
  while (history_.size() > options_->history_size
         || (bytes_ > limits_.history_bytes && !history_.empty()))
    drop_oldest();
}

void room_log::drop_oldest() {
  bytes_ -= history_.front().bytes;
  history_.pop_front();
  if (history_.empty())
    release(history_);
}

void room_log::remember(const std::string& key, std::uint64_t offset,
                        unix_time expires) {
  if (limits_.idempotency_keys == 0)
    return;
  const auto [i, fresh] =
      keys_.insert_or_assign(key, remembered_key{offset, expires});
  if (fresh)
    key_order_.push_back(key);
  while (key_order_.size() > limits_.idempotency_keys)
    forget_oldest_key();
}

void room_log::forget_oldest_key() {
  keys_.erase(key_order_.front());
  key_order_.pop_front();
  if (key_order_.empty()) {
    release(keys_);
    release(key_order_);
  }
}

// The offsets in the history follow each other without a hole.
std::size_t room_log::index_after(std::uint64_t offset) const {
  if (history_.empty())
    return 0;
  const auto first = history_.front().publication->offset();
  if (offset < first)
    return 0;
  return std::min<std::uint64_t>(offset - first + 1, history_.size());
}

room_log::history_page room_log::history(std::int32_t limit,
                                         const std::optional<position>& since,
                                         bool reverse,
                                         std::size_t max_bytes) const {
  if (since && !since->epoch.empty() && since->epoch != at_.epoch)
    return proto::errc::unrecoverable_position;
  if (since && reverse && since->offset == 0)
    return proto::errc::bad_request;
  const auto wanted = limit < 0 ? std::numeric_limits<std::size_t>::max()
                                : static_cast<std::size_t>(limit);
  std::vector<publication_ptr> result;
  std::size_t bytes = 0;
  const auto fits = [&](const entry& next) {
    bytes += next.bytes;
    return result.size() < wanted
           && (max_bytes == 0 || bytes <= max_bytes || result.empty());
  };
  if (reverse) {
    auto i = since ? index_after(since->offset - 1) : history_.size();
    for (; i > 0 && fits(history_[i - 1]); --i)
      result.push_back(history_[i - 1].publication);
  } else {
    auto i = since ? index_after(since->offset) : 0;
    for (; i < history_.size() && fits(history_[i]); ++i)
      result.push_back(history_[i].publication);
  }
  return result;
}

room_log::recovered room_log::recover(const position& since) const {
  if (!since.epoch.empty() && since.epoch != at_.epoch)
    return {};
  if (since.offset == at_.offset)
    return {true, {}};
  if (since.offset > at_.offset || history_.empty()
      || history_.front().publication->offset() > since.offset + 1)
    return {};
  recovered result{true, {}};
  for (auto i = index_after(since.offset); i < history_.size(); ++i)
    result.publications.push_back(history_[i].publication);
  return result;
}

void room_log::remove_history() {
  release(history_);
  bytes_ = 0;
}

void room_log::expire(unix_time now, bool keep_position) {
  while (!history_.empty()
         && history_.front().at + options_->history_ttl <= now)
    drop_oldest();
  while (!key_order_.empty() && keys_.at(key_order_.front()).expires <= now)
    forget_oldest_key();
  if (!keep_position && position_expired(now))
    start_again((*epochs_)(), now);
}

bool room_log::position_expired(unix_time now) const {
  return !at_.epoch.empty() && history_.empty() && position_expires() <= now;
}

unix_time room_log::position_expires() const {
  const std::chrono::milliseconds unused = unused_ttl;
  return touched_
         + (at_.offset == 0 ? std::min(unused, options_->history_meta_ttl)
                            : options_->history_meta_ttl);
}

std::optional<unix_time> room_log::next_expiry(bool keep_position) const {
  std::optional<unix_time> result;
  auto consider = [&result](unix_time t) {
    result = result ? std::min(*result, t) : t;
  };
  if (!history_.empty())
    consider(history_.front().at + options_->history_ttl);
  if (!key_order_.empty())
    consider(keys_.at(key_order_.front()).expires);
  if (!at_.epoch.empty() && !keep_position)
    consider(position_expires());
  return result;
}

bool room_log::forgettable(unix_time now) const {
  if (!history_.empty() || !keys_.empty() || flight_)
    return false;
  return at_.epoch.empty() || position_expires() <= now;
}

void room_log::snapshot(const std::string& room, std::size_t max_bytes,
                        std::deque<roost::link::RoomSnapshot>& out) const {
  if (at_.epoch.empty() && keys_.empty())
    return;
  std::size_t bytes = 0;
  auto start_piece = [&] {
    auto& piece = out.emplace_back();
    piece.set_room(room);
    piece.set_epoch(at_.epoch);
    piece.set_offset(at_.offset);
    piece.set_version(at_.version);
    piece.set_version_epoch(at_.version_epoch);
    bytes = 0;
  };
  auto make_space = [&](std::size_t more) {
    if (bytes > 0 && bytes + more > max_bytes)
      start_piece();
    bytes += more;
  };
  start_piece();
  for (const auto& x : history_) {
    make_space(x.bytes);
    auto& copy = *out.back().add_history();
    copy = *x.publication;
    copy.set_time(to_ms(x.at));
  }
  for (const auto& key : key_order_) {
    make_space(key.size() + 16);
    const auto& value = keys_.at(key);
    auto& copy = *out.back().add_idempotent();
    copy.set_key(key);
    copy.set_offset(value.offset);
    copy.set_expires_ms(to_ms(value.expires));
  }
}

void room_log::restore(const roost::link::RoomSnapshot& piece, unix_time now) {
  if (piece.epoch() != at_.epoch) {
    remove_history();
    at_.epoch = piece.epoch();
    at_.offset = 0;
  }
  at_.offset = std::max(at_.offset, piece.offset());
  at_.version = piece.version();
  at_.version_epoch = piece.version_epoch();
  // Its age is not told; it starts anew.
  touched_ = now;
  for (const auto& x : piece.history()) {
    if (!history_.empty()
        && x.offset() <= history_.back().publication->offset())
      continue;
    auto copy = std::make_shared<roost::client::Publication>(x);
    copy->clear_time();
    keep(std::move(copy), from_ms(x.time()));
  }
  for (const auto& x : piece.idempotent())
    remember(x.key(), x.offset(), from_ms(x.expires_ms()));
}

void room_log::restored() {
  if (!history_.empty() && history_.back().publication->offset() != at_.offset)
    remove_history();
}

} // namespace actors
