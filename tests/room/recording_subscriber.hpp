#pragma once

#include "actors/room/audience/subscriber.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace room_test {

/// Stands in for a connection: notes what it is told.
class recording_subscriber final : public actors::subscriber {
public:
  explicit recording_subscriber(
      proto::wire_format format = proto::wire_format::protobuf)
      : format_(format) {}

  proto::wire_format format() const override { return format_; }

  void deliver(const proto::frame_ptr& push) override {
    ++frames;
    if (format_ == proto::wire_format::json)
      text += std::string{push->payload()} + "\n";
    else
      parse(push->payload());
  }

  bool has_room_for(std::size_t) override { return has_room; }

  void lost_continuity(const std::string& room) override {
    lost.push_back(room);
    if (on_lost)
      on_lost();
  }

  /// The callback for `audience::subscribe`.
  auto done() {
    outcome.reset();
    return [this](actors::subscribe_outcome x) {
      EXPECT_FALSE(outcome) << "answered twice";
      frames_at_outcome = frames;
      outcome = std::move(x);
      if (on_outcome)
        on_outcome();
    };
  }

  bool is_subscribed() const {
    return outcome && std::holds_alternative<actors::subscribed>(*outcome);
  }

  const actors::subscribed& answer() const {
    return std::get<actors::subscribed>(outcome.value());
  }

  std::optional<proto::errc> error() const {
    if (outcome && std::holds_alternative<proto::errc>(*outcome))
      return std::get<proto::errc>(*outcome);
    return std::nullopt;
  }

  /// Offsets of the publications given with the answer.
  std::vector<std::uint64_t> recovered_offsets() const {
    std::vector<std::uint64_t> result;
    for (const auto& x : answer().publications)
      result.push_back(x->offset());
    return result;
  }

  /// Offsets of the publications pushed so far; forgets them.
  std::vector<std::uint64_t> take_offsets() {
    std::vector<std::uint64_t> result;
    for (const auto& x : std::exchange(pushes, {}))
      if (x.has_pub())
        result.push_back(x.pub().offset());
    return result;
  }

  /// Data of the live publications so far; forgets them.
  std::vector<std::string> take_data() {
    std::vector<std::string> result;
    for (const auto& x : std::exchange(pushes, {}))
      if (x.has_pub())
        result.push_back(x.pub().data());
    return result;
  }

  bool has_room = true; ///< For pages of what was missed.
  std::optional<actors::subscribe_outcome> outcome;
  std::size_t frames = 0;
  std::size_t frames_at_outcome = 0;
  std::vector<roost::client::Push> pushes; ///< Of a Protobuf subscriber.
  std::string text;                        ///< Of a JSON subscriber.
  std::vector<std::string> lost;
  std::function<void()> on_outcome;
  std::function<void()> on_lost;

private:
  void parse(std::string_view bytes) {
    google::protobuf::io::CodedInputStream in{
        reinterpret_cast<const std::uint8_t*>(bytes.data()),
        static_cast<int>(bytes.size())};
    std::uint32_t size = 0;
    while (in.ReadVarint32(&size)) {
      std::string one;
      roost::client::Reply reply;
      ASSERT_TRUE(in.ReadString(&one, static_cast<int>(size)));
      ASSERT_TRUE(reply.ParseFromString(one));
      pushes.push_back(std::move(*reply.mutable_push()));
    }
  }

  proto::wire_format format_;
};

} // namespace room_test
