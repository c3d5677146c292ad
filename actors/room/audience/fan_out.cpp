#include "actors/room/audience/fan_out.hpp"

#include "proto/client_codec.hpp"

namespace actors {

const encoded_events& fan_out::of(push_variant variant) {
  if (deltas_.encoder == nullptr)
    variant.deltas = delta_use::none;
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
  std::size_t publications = 0;
  auto finish = [&] {
    if (!builder_->empty())
      out.frames.push_back(builder_->finish(variant.format));
    pushes = 0;
  };
  for (const auto& slice : *events_)
    for (auto i = slice.begin; i < slice.end; ++i) {
      const auto& event = slice.batch->events[i];
      const auto number = publications;
      publications += event.publication ? 1 : 0;
      if (!append(event, variant, number, out))
        continue;
      if (++pushes >= frame_pushes || builder_->buffer().size() >= frame_bytes)
        finish();
    }
  finish();
  return out;
}

// `number` says which of the publications it is, if it is one.
bool fan_out::append(const room_event& event, push_variant variant,
                     std::size_t number, encoded_events& out) {
  const proto::channel_or_id channel{*room_, variant.by_id ? id_ : 0};
  auto& buffer = builder_->buffer();
  auto count = [](bool said, std::size_t& counter) {
    counter += said ? 1 : 0;
    return said;
  };
  if (event.publication)
    return variant.publications && (only_ == nullptr || (*only_)[number])
           && count(proto::append_publication_push(
                        variant.format, channel,
                        form_of(event, variant, number), buffer),
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

const roost::client::Publication& fan_out::form_of(const room_event& event,
                                                   push_variant variant,
                                                   std::size_t number) {
  if (variant.deltas == delta_use::none)
    return *event.publication;
  const auto& forms = forms_in(variant.format)[number];
  const bool whole =
      !forms.delta || (number == 0 && variant.deltas == delta_use::first_whole);
  return whole ? *forms.whole : *forms.delta;
}

const fan_out::publication_forms& fan_out::forms_in(proto::wire_format format) {
  auto& forms = forms_[static_cast<std::size_t>(format)];
  if (!forms.empty())
    return forms;
  delta_writer writer{format, *deltas_.encoder, deltas_.before};
  for_each_publication([&](const room_event& x) {
    forms.push_back(writer.next(x.publication, x.delta));
    deltas_made_ += forms.back().delta ? 1 : 0;
  });
  return forms;
}

} // namespace actors
