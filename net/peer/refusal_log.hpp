#pragma once

#include "net/asio.hpp"
#include "net/peer/refusal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace spdlog {
class logger;
} // namespace spdlog

namespace net::peer {

/// Logs refusals, but lets nobody flood the log: of each reason the first few
/// in a window get a line, the rest one line with their number at its end.
class refusal_log {
public:
  refusal_log(asio::io_context& io, std::shared_ptr<spdlog::logger> log,
              std::chrono::milliseconds window = std::chrono::seconds{30},
              std::uint64_t lines_a_window = 5);

  /// `dialled` tells a dial that failed from a connection that came in.
  void add(refusal_reason reason, bool dialled, const std::string& sentence);

private:
  struct series {
    int level = 0;
    std::uint64_t seen = 0;
    std::unique_ptr<asio::steady_timer> end;
  };

  void close_window(refusal_reason reason);

  asio::io_context& io_;
  std::shared_ptr<spdlog::logger> log_;
  const std::chrono::milliseconds window_;
  const std::uint64_t lines_;
  std::array<series, refusal_reason_count> series_;
};

} // namespace net::peer
