#pragma once

#include "actors/messages.hpp"
#include "actors/room/audience/delta_writer.hpp"
#include "proto/fossil_delta.hpp"
#include "proto/frame.hpp"
#include "proto/wire_format.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// Whether a subscriber gets deltas.
enum class delta_use : std::uint8_t {
  none,
  first_whole, ///< It has nothing yet that a delta could start from.
  all,         ///< It has what was published before.
};

/// How a subscriber gets pushes of a room; subscribers that agree in all share
/// the same frames.
struct push_variant {
  proto::wire_format format = proto::wire_format::json;
  bool by_id = false;      ///< The room is named by its number.
  bool join_leave = false; ///< Joins and leaves are among them.
  bool publications = true;
  delta_use deltas = delta_use::none;

  static constexpr std::size_t delta_uses = 3;
  static constexpr std::size_t count = 8 * proto::wire_formats * delta_uses;

  std::size_t index() const {
    return (((static_cast<std::size_t>(format) * delta_uses
              + static_cast<std::size_t>(deltas))
                 * 2
             + (by_id ? 1 : 0))
                * 2
            + (join_leave ? 1 : 0))
               * 2
           + (publications ? 1 : 0);
  }
};

/// Part of a batch of events, which it keeps alive.
struct event_slice {
  std::shared_ptr<const room_events> batch;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Events of a room as one kind of subscriber gets them.
struct encoded_events {
  std::vector<proto::frame_ptr> frames;
  std::size_t publications = 0;
  std::size_t joins = 0;
  std::size_t leaves = 0;
};

/// Which of the waiting publications somebody gets, in their order.
using selection = std::vector<bool>;

/// What deltas are made with.
struct delta_source {
  proto::fossil_encoder* encoder = nullptr;
  publication_ptr before; ///< The room's last one; null: none.
};

/// Encodes the events that wait in a room, at most once for each variant, and
/// makes each delta at most once for each wire format.
class fan_out {
public:
  /// Pushes in one frame, at most.
  static constexpr std::size_t frame_pushes = 64;
  /// Bytes after which a frame takes no further push.
  static constexpr std::size_t frame_bytes = 64 * 1024;

  /// What it is given outlives it. `id` is the room's number. Without `deltas`
  /// no variant has any.
  fan_out(proto::frame_builder& builder, const std::string& room,
          std::int64_t id, const std::vector<event_slice>& events,
          delta_source deltas = {})
      : builder_(&builder), room_(&room), id_(id), events_(&events),
        deltas_(std::move(deltas)) {}

  /// The same events as `all`, but of the publications only some, and never as
  /// deltas.
  fan_out(const fan_out& all, const selection& only)
      : builder_(all.builder_), room_(all.room_), id_(all.id_),
        events_(all.events_), only_(&only) {}

  const encoded_events& of(push_variant variant);

  template <class Visitor>
  void for_each_publication(Visitor visit) const {
    for (const auto& slice : *events_)
      for (auto i = slice.begin; i < slice.end; ++i)
        if (slice.batch->events[i].publication)
          visit(slice.batch->events[i]);
  }

  /// How many frames were made.
  std::size_t frames_made() const { return frames_made_; }

  /// How many deltas were made.
  std::size_t deltas_made() const { return deltas_made_; }

private:
  using publication_forms = std::vector<delta_writer::forms>;

  encoded_events encode(push_variant variant);
  bool append(const room_event& event, push_variant variant, std::size_t number,
              encoded_events& out);
  const roost::client::Publication&
  form_of(const room_event& event, push_variant variant, std::size_t number);
  const publication_forms& forms_in(proto::wire_format format);

  proto::frame_builder* builder_;
  const std::string* room_;
  std::int64_t id_;
  const std::vector<event_slice>* events_;
  const selection* only_ = nullptr;
  delta_source deltas_;
  std::array<publication_forms, proto::wire_formats> forms_;
  std::array<std::optional<encoded_events>, push_variant::count> made_;
  std::size_t frames_made_ = 0;
  std::size_t deltas_made_ = 0;
};

} // namespace actors
