#pragma once

#include "net/load/inflater.hpp"
#include "net/load/loop.hpp"
#include "net/load/meter.hpp"
#include "net/load/protocol/protocol.hpp"
#include "net/load/publication_way.hpp"
#include "net/load/target.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace net::load {

class connection;

/// Who wants to know what becomes of a connection. It must not destroy the
/// connection in these calls.
class connection_owner {
public:
  virtual void on_ready(connection&) {}

  /// A payload came; only for roles that ask.
  virtual void on_answer(connection&, const stamp&, std::uint64_t /*now*/) {}

  /// It is over; why, as a clause without its full stop, which is empty after
  /// `close`.
  virtual void on_lost(connection&, const std::string& why) = 0;

protected:
  ~connection_owner() = default;
};

/// What all connections of a run have in common.
struct connection_context {
  loop& events;
  const target& server;
  const protocol& speaks;
  connection_owner& owner;
  meter& counts;
  inflater* inflates = nullptr; ///< Null: permessage-deflate is not offered.
};

/// One client, of a WebSocket or a stream. Everything happens in the loop's
/// calls.
class connection final : public watched,
                         public publication_way,
                         private hearing {
public:
  enum class state : std::uint8_t {
    closed,
    connecting,
    upgrading,
    opening, ///< A WebSocket or a stream, but not ready.
    ready,
    closing, ///< Waits for the server to close.
  };

  /// `sources` publishers, the first of them `first_source`, are in its room.
  connection(const connection_context& context, role as,
             std::uint32_t first_source, std::uint32_t sources);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Connects; `number` of the connection chooses the address it comes from.
  /// A failure is told to the owner later or at once.
  void start(std::size_t number);

  /// Says goodbye to the server and waits for its end.
  void close();

  /// Ends it without goodbye.
  void drop();

  bool takes_more() const override {
    return state_ == state::ready && out_.size() - sent_ < max_waiting;
  }
  void publish(std::string_view payload) override;
  void flush() override;

  /// As `publish`; needs a ready connection.
  void ask(std::string_view payload);

  state what() const { return state_; }
  const role& as() const { return role_; }
  role& as() { return role_; }

  /// When `start` was called.
  std::uint64_t started() const { return started_; }

private:
  static constexpr std::size_t max_waiting = 4 * 1024 * 1024;
  static constexpr std::size_t max_message = 64 * 1024 * 1024;

  void on_events(std::uint32_t events) override;

  void delivered(const char* payload) override;
  void ready() override;
  void refused(std::string why) override;
  void say(std::string_view message) override;

  void on_connected();
  void on_readable();
  std::size_t read_all(std::string_view bytes);
  std::size_t read_upgrade(std::string_view bytes);
  std::size_t read_frames(std::string_view bytes);
  void read_frame(const frame_header& header, std::string_view payload);
  void read_message(std::string_view bytes, bool compressed);
  void read_control(opcode kind, std::string_view payload);
  void lose(const std::string& why);
  void watch(std::uint32_t events);

  connection_context context_;
  role role_;
  conversation talk_;
  std::uint32_t first_source_;
  std::vector<sequence> sequences_;

  int fd_ = -1;
  state state_ = state::closed;
  std::uint32_t watched_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t now_ = 0;   // of the latest read
  std::string rest_;        // the start of a frame
  std::string fragments_;   // the start of a message
  bool compressed_ = false; // the message that it is the start of
  std::string out_;
  std::size_t sent_ = 0;
};

} // namespace net::load
