#pragma once

#include "actors/client/connection/client_link.hpp"
#include "actors/client/rate_bucket.hpp"
#include "actors/lane/lane.hpp"
#include "cluster-config/node_config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

/// The commands of a client that have to wait, and what they wait for. They
/// run one after the other; those that wait stay as bytes, and the link is not
/// read meanwhile.
///
/// What makes commands wait: a hold (a connect under way), the answer to a
/// subscribe, `max_in_flight` requests, the rate, and answers that the client
/// has not read. What needs somebody's answer, whoever that is, begins a
/// request and ends it.
///
/// A command that reads (history, presence, recovery) may have an answer of
/// `page_bytes`: it waits until there is room for that, too, and for its share
/// of `client.read_bytes_per_second`.
///
/// A token costs far more to check than to send: a command that has one is the
/// last of its client in a turn.
class command_queue {
public:
  using time_point = lane::clock::time_point;

  /// Commands that came together, of which some may have run.
  class message {
  public:
    explicit message(std::string_view bytes) : bytes_(bytes) {}

    /// What has not run.
    std::string_view rest() const {
      return std::string_view{bytes_}.substr(ran_);
    }

    /// All but the last `left` bytes have run.
    void ran_to(std::size_t left) { ran_ = bytes_.size() - left; }

    std::size_t bytes() const { return bytes_.size(); }

  private:
    std::string bytes_;
    std::size_t ran_ = 0;
  };

  /// Requests under way; with so many, later commands wait.
  static constexpr std::uint32_t max_in_flight = 64;

  /// Messages that wait; of the smallest, many would fit into the bytes.
  static constexpr std::size_t max_waiting = 1024;

  /// A client whose commands wait for the rate longer than this, without ever
  /// catching up, is too fast.
  static constexpr std::chrono::seconds max_held_back{10};

  /// Whether the next command may run.
  enum class standing : std::uint8_t {
    ready,
    waits,    ///< For something that will end.
    crowded,  ///< For the client to read: until `room` is left.
    paced,    ///< For a rate: see `pace` and `read_pace`.
    too_fast, ///< For a rate, and for too long.
  };

  /// `config` outlives this: `client.commands_per_second` is the rate, and
  /// twice `websocket.message_size_limit` may wait, since a transport may have
  /// read one message more than it was to.
  explicit command_queue(const config::node_config& config) : config_(config) {}

  // -- what commands wait for -------------------------------------------------

  /// Nothing runs until `release`.
  void hold() { held_ = true; }
  void release() { held_ = false; }

  /// Nothing runs until the subscribe in `room` was answered.
  void await(std::string_view room) { awaited_ = room; }
  void answered(std::string_view room);

  void begin_request() { ++in_flight_; }
  void end_request() { --in_flight_; }

  void check_token() { checked_token_ = true; }
  void begin_turn() { checked_token_ = false; }

  /// Counts a command that ran.
  void take(time_point now);

  /// `unread`: bytes of answers and pushes that the client has not taken.
  standing next(time_point now, std::size_t unread);

  // -- commands that read -----------------------------------------------------

  /// Whether a command that reads may run, which may run otherwise.
  standing next_read(time_point now, std::size_t unread);

  void begin_read() { ++reads_; }

  /// `cost`: see `read_cost` in client/read_cost.hpp.
  void end_read(std::uint64_t cost, time_point now);

  /// Whether so many bytes of what the client has asked for may follow now.
  bool has_room_for(std::size_t bytes, std::size_t unread) const;

  /// How few bytes must be unread before `has_room_for(bytes)` can hold.
  std::size_t low_mark(std::size_t bytes) const;
  /// How few before commands run again.
  std::size_t low_mark() const { return low_mark(0); }

  /// How long until a command that reads may run, or is refused.
  std::chrono::milliseconds read_pace(time_point now);

  /// How long until the rate allows another command; 0 when it does now.
  std::chrono::milliseconds pace(time_point now);

  // -- what waits -------------------------------------------------------------

  /// Keeps bytes, and stops reading. False when more waits than may.
  [[nodiscard]] bool keep(std::string_view bytes, client_link& link);

  /// Keeps what was taken last, or came while nothing waited: it is the next
  /// again.
  void put_back(message x, client_link& link);

  /// Takes what has waited longest; there must be something.
  message take_first();

  bool empty() const { return waiting_.empty(); }

  /// Whether the link is not read.
  bool paused() const { return paused_; }

  /// Lets go of what waits, which nobody will run if there is something, and
  /// of the buffer; the rate is caught up with.
  void catch_up();

  /// Reads on.
  void resume(client_link& link);

private:
  void stop_reading(client_link& link);

  const config::node_config& config_;
  std::vector<message> waiting_; // oldest first
  std::size_t waiting_bytes_ = 0;
  std::string awaited_; // the room
  rate_bucket rate_;
  rate_bucket reading_;
  time_point held_back_since_ = time_point::max(); // by the rate
  time_point unread_since_ = time_point::max();    // a read waits for its share
  std::uint32_t in_flight_ = 0;
  std::uint32_t reads_ = 0; // of these
  bool held_ = false;
  bool checked_token_ = false; // in this turn
  bool paused_ = false;
};

} // namespace actors
