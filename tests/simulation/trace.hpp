#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace simulation {

/// What happened, in order: its end for people, all of it as a hash.
class trace {
public:
  explicit trace(bool print) : print_(print) {}

  void set_time(std::chrono::milliseconds now) { now_ = now; }

  /// `what` is a literal.
  void note(std::string_view what, std::string_view who = {},
            std::string_view whom = {}, std::uint64_t x = 0,
            std::uint64_t y = 0);

  /// The last events, one a line.
  std::string tail() const;

  std::uint64_t hash() const { return hash_; }
  std::uint64_t events() const { return events_; }

private:
  struct event {
    std::int64_t at;
    std::string_view what;
    std::string who;
    std::string whom;
    std::uint64_t x;
    std::uint64_t y;
  };

  static constexpr std::size_t kept = 60;

  static std::string text(const event& x);
  void mix(std::uint64_t x);
  void mix(std::string_view x);

  bool print_;
  std::chrono::milliseconds now_{0};
  std::deque<event> last_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::uint64_t events_ = 0;
};

} // namespace simulation
