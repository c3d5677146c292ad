#include "actors/room/audience/fan_out.hpp"

#include "proto/client_codec.hpp"

namespace actors {

const encoded_events& fan_out::of(push_variant variant) {
  auto& slot = made_[variant.index()];
  if (!slot) {
    slot = encode(variant);
    frames_made_ += slot->frames.size();
  }
  return *slot;
}

encoded_events fan_out::encode(push_variant variant) {
  encoded_events out;
  std::size_t pushes = 0;
  auto finish = [&] {
    if (!builder_->empty())
      out.frames.push_back(builder_->finish(variant.format));
    pushes = 0;
  };
  for (const auto& slice : *events_)
    for (auto i = slice.begin; i < slice.end; ++i) {
      if (!append(slice.batch->events[i], variant, out))
        continue;
      if (++pushes >= frame_pushes || builder_->buffer().size() >= frame_bytes)
        finish();
    }
  finish();
  return out;
}

bool fan_out::append(const room_event& event, push_variant variant,
                     encoded_events& out) {
  const proto::channel_or_id channel{*room_, variant.by_id ? id_ : 0};
  auto& buffer = builder_->buffer();
  auto count = [](bool said, std::size_t& counter) {
    counter += said ? 1 : 0;
    return said;
  };
  if (event.publication)
    return variant.publications
           && count(proto::append_publication_push(variant.format, channel,
                                                   *event.publication, buffer),
                    out.publications);
  if (!variant.join_leave)
    return false;
  if (event.join)
    return count(
        proto::append_join_push(variant.format, channel, *event.join, buffer),
        out.joins);
  return count(
      proto::append_leave_push(variant.format, channel, *event.leave, buffer),
      out.leaves);
}

} // namespace actors
