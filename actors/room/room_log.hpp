#pragma once

#include "actors/messages.hpp"
#include "actors/room/replication/room_record.hpp"
#include "cluster-config/channel_options.hpp"
#include "proto/errors.hpp"

#include <boost/container/deque.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace actors {

/// Makes the names of epochs: eight letters that have not been used before.
using epoch_source = std::function<std::string()>;

/// Epochs from a pseudo-random sequence that `seed` starts.
epoch_source random_epochs(std::uint64_t seed);

/// The bounds of one room that do not depend on its namespace.
struct room_log_limits {
  std::size_t history_bytes = 8 * 1024 * 1024;
  std::size_t idempotency_keys = 10'000;
  std::chrono::milliseconds idempotency_ttl{300'000};
};

/// The stream of one room: gives out offsets, keeps the history, and says what
/// came after a position. No actors and no clock: each call that depends on
/// time is told the time, which must not go back.
///
/// A change is prepared, which makes a record of it, and applied once it is
/// certain. In between it is in flight: later changes are prepared on top of
/// it, but whoever reads the log does not see it.
///
/// Publications of a namespace without history, and those that skip it, have
/// offset 0; a room without history has no epoch.
class room_log {
public:
  struct position {
    std::string epoch;
    std::uint64_t offset = 0;
  };

  struct published {
    publication_ptr publication; ///< Null: suppressed.
    position at; ///< Of the publication, or of the one it repeats.
  };

  struct prepared {
    std::optional<room_record> record; ///< Nothing: suppressed.
    position at; ///< Of the publication, or of the one it repeats.
    /// Suppressed by what is still in flight: true only once that is applied.
    bool repeats_in_flight = false;
  };

  struct recovered {
    bool continued = false; ///< `publications` is everything after the place.
    std::vector<publication_ptr> publications;
  };

  using history_page = std::variant<std::vector<publication_ptr>, proto::errc>;

  /// Epoch and offset of a room that nobody published to are kept this long
  /// at most, whatever the namespace says: subscribing to names at random
  /// must not fill the node.
  static constexpr std::chrono::minutes unused_ttl{10};

  /// A log that has started. `options` and `epochs` outlive it.
  room_log(const config::channel_options& options,
           const room_log_limits& limits, epoch_source& epochs, unix_time now);

  /// A log without an epoch yet.
  room_log(const config::channel_options& options,
           const room_log_limits& limits, epoch_source& epochs)
      : options_(&options), limits_(limits), epochs_(&epochs) {}

  const std::string& epoch() const { return at_.epoch; }
  std::uint64_t offset() const { return at_.offset; }
  position top() const { return {at_.epoch, at_.offset}; }

  std::size_t history_size() const { return history_.size(); }
  std::size_t history_bytes() const { return bytes_; }
  std::size_t idempotency_keys() const { return keys_.size(); }

  // -- changes that are certain at once ---------------------------------------

  /// Gives the publication its offset and keeps it; takes the data out of
  /// `request`. A key seen before or a stale version suppresses it, which is a
  /// success.
  published publish(roost::link::Publish& request, unix_time now);

  /// Forgets the publications; offset and epoch go on.
  void remove_history();

  // -- changes that become certain later --------------------------------------

  room_record prepare_start();

  /// As `publish`.
  prepared prepare(roost::link::Publish& request, unix_time now);

  room_record prepare_history_removal() const;

  /// Puts in flight what was prepared, here or by an earlier home. To be
  /// applied in the same order.
  void expect(const room_record& record);

  /// Changes the log. What was not expected comes from the home.
  void apply(const room_record& record, unix_time now);

  /// Whether `record` is what may come next in a copy that expects nothing.
  bool continues_with(const room_record& record) const;

  bool in_flight() const { return flight_ != nullptr; }

  /// Forgets what is in flight.
  void give_up_flight() { flight_.reset(); }

  /// Whether there is an epoch, or will be when all in flight is applied.
  bool starts() const { return !newest().epoch.empty(); }

  /// Whether what is in flight changes the epoch.
  bool epoch_changes() const { return newest().epoch != at_.epoch; }

  // -- questions --------------------------------------------------------------

  /// What the history API answers: at most `limit` publications (all when
  /// below 0) after `since`, or the oldest; `reverse`: before it, or the
  /// newest, newest first. Ends before the one that would make it longer than
  /// `max_bytes` (0: no bound), but has one if there is one.
  history_page history(std::int32_t limit, const std::optional<position>& since,
                       bool reverse, std::size_t max_bytes = 0) const;

  /// What came after `since`, if all of it is still here.
  recovered recover(const position& since) const;

  // -- time -------------------------------------------------------------------

  /// Drops what is past its time. With `keep_position` the epoch goes on
  /// however old it is: somebody follows the stream.
  void expire(unix_time now, bool keep_position);

  /// When `expire` will have something to do; nothing when never.
  std::optional<unix_time> next_expiry(bool keep_position) const;

  /// Whether nothing would be lost with the log.
  bool forgettable(unix_time now) const;

  /// Whether the epoch is past its time.
  bool position_expired(unix_time now) const;

  // -- snapshots --------------------------------------------------------------

  /// Appends what a new home needs, in pieces of about `max_bytes` each, which
  /// `restore` takes one after the other. Publications in it carry `time`.
  void snapshot(const std::string& room, std::size_t max_bytes,
                std::deque<roost::link::RoomSnapshot>& out) const;

  /// Takes a piece of a snapshot; taking it twice is harmless.
  void restore(const roost::link::RoomSnapshot& piece, unix_time now);

  /// After the last piece, or when no more will come: forgets a history that
  /// lacks its end.
  void restored();

private:
  struct entry {
    publication_ptr publication;
    unix_time at;
    std::size_t bytes;
  };

  struct remembered_key {
    std::uint64_t offset;
    unix_time expires;
  };

  /// Where the stream is, or will be.
  struct head {
    std::string epoch;
    std::uint64_t offset = 0;
    std::uint64_t version = 0;
    std::string version_epoch;
  };

  struct flight {
    head at;
    std::size_t records = 0;
    std::unordered_map<std::string, std::uint64_t> keys; // their offsets
  };

  const head& newest() const { return flight_ ? flight_->at : at_; }
  std::optional<prepared> repeated(const std::string& key, unix_time now) const;
  static void advance(head& at, const room_record& record);
  void start_again(std::string epoch, unix_time now);
  void land(const room_record& record);
  void keep(publication_ptr publication, unix_time at);
  void drop_oldest();
  void remember(const std::string& key, std::uint64_t offset,
                unix_time expires);
  void forget_oldest_key();
  unix_time position_expires() const;
  std::size_t index_after(std::uint64_t offset) const;

  const config::channel_options* options_;
  room_log_limits limits_;
  epoch_source* epochs_;

  head at_;
  unix_time touched_{}; // last offset given out, or start of the epoch
  // Unlike std::deque it costs nothing while empty.
  boost::container::deque<entry> history_;
  std::size_t bytes_ = 0;

  // All keys live equally long, so the oldest expires first.
  std::unordered_map<std::string, remembered_key> keys_;
  boost::container::deque<std::string> key_order_;

  std::unique_ptr<flight> flight_; // null: nothing is in flight
};

} // namespace actors
