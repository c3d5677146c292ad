#include "actors/room/room_log.hpp"

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

std::int64_t to_ms(unix_time t) {
  return t.time_since_epoch().count();
}

unix_time from_ms(std::int64_t ms) {
  return unix_time{std::chrono::milliseconds{ms}};
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
    : options_(&options), limits_(limits), epochs_(&epochs) {
  start_again(now);
}

void room_log::start_again(unix_time now) {
  if (options_->has_history())
    epoch_ = (*epochs_)();
  offset_ = 0;
  touched_ = now;
  version_ = 0;
  version_epoch_.clear();
  remove_history();
  // What they remember are offsets of the epoch before.
  keys_.clear();
  key_order_.clear();
}

room_log::published room_log::publish(roost::link::Publish& request,
                                      unix_time now) {
  const auto& key = request.idempotency_key();
  if (!key.empty()) {
    const auto i = keys_.find(key);
    if (i != keys_.end() && i->second.expires > now)
      return {nullptr, {epoch_, i->second.offset}};
  }
  const bool kept = options_->has_history() && !request.skip_history();
  if (kept && stale_version(request))
    return {nullptr, top()};
  if (kept) {
    ++offset_;
    touched_ = now;
  }
  const auto offset = kept ? offset_ : 0;
  if (!key.empty())
    remember(key, offset, now + limits_.idempotency_ttl);
  auto publication = make_publication(request, offset, epoch_);
  if (kept)
    keep(publication, now);
  return {std::move(publication), kept ? top() : position{}};
}

bool room_log::stale_version(const roost::link::Publish& request) {
  if (request.version() == 0)
    return false;
  const bool same_epoch = request.version_epoch().empty()
                          || request.version_epoch() == version_epoch_;
  if (same_epoch && request.version() <= version_)
    return true;
  version_ = request.version();
  version_epoch_ = request.version_epoch();
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
                                         bool reverse) const {
  if (since && !since->epoch.empty() && since->epoch != epoch_)
    return proto::errc::unrecoverable_position;
  if (since && reverse && since->offset == 0)
    return proto::errc::bad_request;
  const auto wanted = limit < 0 ? std::numeric_limits<std::size_t>::max()
                                : static_cast<std::size_t>(limit);
  std::vector<publication_ptr> result;
  if (reverse) {
    auto i = since ? index_after(since->offset - 1) : history_.size();
    for (; i > 0 && result.size() < wanted; --i)
      result.push_back(history_[i - 1].publication);
  } else {
    auto i = since ? index_after(since->offset) : 0;
    for (; i < history_.size() && result.size() < wanted; ++i)
      result.push_back(history_[i].publication);
  }
  return result;
}

room_log::recovered room_log::recover(const position& since) const {
  if (!since.epoch.empty() && since.epoch != epoch_)
    return {};
  if (since.offset == offset_)
    return {true, {}};
  if (since.offset > offset_ || history_.empty()
      || history_.front().publication->offset() > since.offset + 1)
    return {};
  recovered result{true, {}};
  for (auto i = index_after(since.offset); i < history_.size(); ++i)
    result.publications.push_back(history_[i].publication);
  return result;
}

void room_log::remove_history() {
  history_.clear();
  bytes_ = 0;
}

void room_log::expire(unix_time now, bool keep_position) {
  while (!history_.empty()
         && history_.front().at + options_->history_ttl <= now)
    drop_oldest();
  while (!key_order_.empty() && keys_.at(key_order_.front()).expires <= now)
    forget_oldest_key();
  if (options_->has_history() && !keep_position && history_.empty()
      && position_expires() <= now)
    start_again(now);
}

unix_time room_log::position_expires() const {
  const std::chrono::milliseconds unused = unused_ttl;
  return touched_
         + (offset_ == 0 ? std::min(unused, options_->history_meta_ttl)
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
  if (options_->has_history() && !keep_position)
    consider(position_expires());
  return result;
}

bool room_log::forgettable(unix_time now) const {
  if (!history_.empty() || !keys_.empty())
    return false;
  return !options_->has_history() || position_expires() <= now;
}

void room_log::snapshot(const std::string& room, std::size_t max_bytes,
                        std::deque<roost::link::RoomSnapshot>& out) const {
  if (!options_->has_history() && keys_.empty())
    return;
  std::size_t bytes = 0;
  auto start_piece = [&] {
    auto& piece = out.emplace_back();
    piece.set_room(room);
    piece.set_epoch(epoch_);
    piece.set_offset(offset_);
    piece.set_version(version_);
    piece.set_version_epoch(version_epoch_);
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
  if (piece.epoch() != epoch_) {
    remove_history();
    epoch_ = piece.epoch();
    offset_ = 0;
  }
  offset_ = std::max(offset_, piece.offset());
  version_ = piece.version();
  version_epoch_ = piece.version_epoch();
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
  if (!history_.empty() && history_.back().publication->offset() != offset_)
    remove_history();
}

} // namespace actors
