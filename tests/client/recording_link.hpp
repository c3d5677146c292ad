#pragma once

#include "actors/client/connection/client_link.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace client_test_support {

/// The way out to a client that only writes down what it was told.
class recording_link final : public actors::client_link {
public:
  struct closing {
    std::uint32_t code;
    std::string reason;
    bool flush;
    bool operator==(const closing&) const = default;
  };

  void send(const proto::frame_ptr& frame) override {
    frames.emplace_back(frame->payload());
    if (stuck)
      queued += frame->wire().size();
  }

  std::size_t queued_bytes() const override { return queued; }

  void tell_when_below(std::size_t bytes) override {
    low_mark = std::max(low_mark, bytes);
  }

  actors::client_flow flow() override { return progress; }

  void admit() override { admitted = true; }

  void close(std::uint32_t code, std::string_view reason, bool flush) override {
    if (!closed)
      closed = closing{code, std::string{reason}, flush};
  }

  void pause_reading() override { paused = true; }
  void resume_reading() override { paused = false; }

  std::vector<std::string> frames; ///< Payloads.
  std::optional<closing> closed;
  actors::client_flow progress;
  bool admitted = false;
  bool paused = false;
  bool stuck = false; ///< The peer reads nothing.
  std::size_t queued = 0;
  std::size_t low_mark = 0; ///< Of `tell_when_below`.
};

} // namespace client_test_support
