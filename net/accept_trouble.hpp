#pragma once

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace net {

/// What a listener does about trouble with new sockets: it pauses after an
/// error of `accept` that does not pass by itself, and says each kind of
/// trouble once a minute, however often there is some.
class accept_trouble {
public:
  using error_code = boost::system::error_code;
  using clock = std::chrono::steady_clock;

  /// After an error, so that one that stays does not take a core.
  static constexpr std::chrono::milliseconds pause{100};
  /// Between two lines about one kind of error.
  static constexpr std::chrono::seconds silence{60};

  /// Whether the error is one connection's, gone before it was accepted.
  static bool passes(error_code why) {
    return why == boost::asio::error::connection_aborted
           || why == boost::asio::error::interrupted
           || why == boost::asio::error::try_again;
  }

  /// Counts an error; answers a line about it, unless there was one within the
  /// last minute.
  std::optional<std::string> note(error_code why, clock::time_point now) {
    return note(why.value(),
                "cannot accept, and tries again every "
                    + std::to_string(pause.count()) + " ms: " + why.message(),
                now);
  }

  /// The same for trouble of another kind, with a number below 0.
  std::optional<std::string> note(int kind, std::string line,
                                  clock::time_point now) {
    auto& of = kinds_[kind];
    ++of.times;
    if (of.said && now - *of.said < silence)
      return std::nullopt;
    if (of.said)
      line += " (" + std::to_string(of.times) + " times since this was said)";
    of = {now, 0};
    return line;
  }

private:
  struct series {
    std::optional<clock::time_point> said;
    std::uint64_t times = 0;
  };

  std::map<int, series> kinds_; // by errno; there are not many
};

} // namespace net
