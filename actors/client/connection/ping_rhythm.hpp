#pragma once

#include <chrono>
#include <cstdint>

namespace actors {

/// When a client is pinged, and whether it answers. One timer is enough: it
/// waits for the pong first, and for the rest of the interval then.
class ping_rhythm {
public:
  using milliseconds = std::chrono::milliseconds;

  enum class move : std::uint8_t {
    ping,
    wait,
    give_up, ///< It did not answer.
  };

  struct step {
    move what;
    milliseconds next; ///< Until the step after it; not for `give_up`.
  };

  /// When the first ping is due: somewhere in the second half of the interval,
  /// so that the pings of clients that came together do not stay together.
  static milliseconds first(milliseconds interval);

  /// What to do now that it is time for a step. `patience`: how long the pong
  /// may take, below `interval`; 0 if none is expected. One that is late has
  /// `excuse` where silence means nothing.
  step next(milliseconds interval, milliseconds patience, bool excuse);

  /// Whether a ping waits for its pong.
  bool awaits_pong() const { return awaits_pong_; }

  /// A pong came; false if no ping waits for one.
  bool on_pong();

private:
  bool awaits_pong_ = false;
  bool pinged_ = false; // the step is for the pong
};

} // namespace actors
