#pragma once

#include <spdlog/sinks/sink.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace net {

/// Holds back a line that is the same as one in the last `period`, and then
/// says how often it was repeated, so that nobody floods the log with one line.
/// Of the last 64 different lines; when there are more, the oldest is no longer
/// watched. Lines count as the same by level, length, start and hash.
class repeat_filter final : public spdlog::sinks::sink {
public:
  static constexpr std::size_t max_lines = 64;
  /// Bytes of a line that are said again with the number of its repetitions.
  static constexpr std::size_t max_said_again = 200;

  explicit repeat_filter(std::shared_ptr<spdlog::sinks::sink> next,
                         std::chrono::milliseconds period);
  /// Says what it still holds back.
  ~repeat_filter() override;

  void log(const spdlog::details::log_msg& line) override;

  /// Says what is due, too: to be called from time to time.
  void flush() override;

  void set_pattern(const std::string& pattern) override;
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override;

private:
  using time_point = spdlog::log_clock::time_point;

  struct watched {
    std::size_t hash;
    std::size_t size;
    spdlog::level::level_enum level;
    time_point since;
    std::string logger;
    std::string start;
    std::uint64_t repeated = 0;
  };

  watched* find(const spdlog::details::log_msg& line, std::size_t hash);
  void watch(const spdlog::details::log_msg& line, std::size_t hash);
  void forget_before(time_point end);
  void forget_oldest();

  std::mutex mutex_;
  std::shared_ptr<spdlog::sinks::sink> next_;
  const std::chrono::milliseconds period_;
  std::deque<watched> lines_; // by age
};

} // namespace net
