#pragma once

#include "actors/client/connection/client_link.hpp"
#include "actors/lane/lane.hpp"
#include "cluster-config/node_config.hpp"
#include "proto/client.pb.h"
#include "proto/frame.hpp"
#include "proto/wire_format.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace actors {

/// The way out to a client, whatever its transport: replies and pushes of one
/// turn share a frame, and none is overtaken by what an audience delivers.
///
/// Whoever adds something calls `flush` at the end of the turn if it still
/// `waits`, and asks whether the client `is_slow`.
class reply_writer {
public:
  using time_point = lane::clock::time_point;

  /// Encoded bytes that are handed to the link without waiting for more.
  static constexpr std::size_t full_frame = 32 * 1024;

  /// What it refers to outlives it.
  reply_writer(std::shared_ptr<client_link> link, proto::wire_format format,
               const config::client_section& limits, lane_metrics& metrics)
      : limits_(limits), metrics_(metrics), link_(std::move(link)),
        format_(format) {}

  /// A command came whose reply is to say how long it took; lane_metrics counts
  /// it at `kind`.
  void begin(std::uint32_t id, std::size_t kind, time_point now);

  /// Adds a reply or a push; errors are counted. False, and nothing is added,
  /// when the format cannot say it: data that is not JSON.
  [[nodiscard]] bool add(const roost::client::Reply& message, time_point now);

  void add_ping();

  /// Hands over what is encoded already, after what waits.
  void deliver(const proto::frame_ptr& frame);

  /// Hands over what waits. An idle writer keeps no buffer.
  void flush();

  bool waits() const { return !pending_.empty(); }

  /// Whether a command was begun that has no reply yet.
  bool owes_replies() const { return !begun_.empty(); }

  /// Bytes that the client has not taken.
  std::size_t unread() const {
    return pending_.size() + (link_ ? link_->queued_bytes() : 0);
  }

  /// Whether more waits than `client.queue_max_size`: the client is to be
  /// ended.
  bool is_slow() const;

  /// Only until it is closed.
  client_link& link() { return *link_; }

  /// Ends the link, after what waits if `flush_first`. Whatever comes later is
  /// ignored.
  void close(std::uint32_t code, std::string_view reason, bool flush_first);

private:
  struct begun_command {
    std::uint32_t id;
    std::size_t kind;
    time_point at;
  };

  void end(std::uint32_t id, time_point now);
  void appended();
  void write(const proto::frame_ptr& frame);

  const config::client_section& limits_;
  lane_metrics& metrics_;
  std::shared_ptr<client_link> link_;
  std::string pending_;              // encoded and not handed to the link
  std::vector<begun_command> begun_; // and not yet answered
  const proto::wire_format format_;
};

} // namespace actors
