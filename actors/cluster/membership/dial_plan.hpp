#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace actors {

/// Which addresses to dial when. Failures back off with jitter; one attempt per
/// address is under way at a time. No clock: `now` is given.
class dial_plan {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using milliseconds = std::chrono::milliseconds;

  struct limits {
    milliseconds first_delay{100};
    milliseconds last_delay{1000};
    /// An attempt that nobody has answered for is given up after this.
    milliseconds attempt_timeout{10'000};
  };

  dial_plan(limits bounds, std::uint32_t seed)
      : bounds_(bounds), chance_(seed) {}

  /// What should be connected; everything else is forgotten.
  void want(const std::set<std::string>& addresses, time_point now);

  /// The addresses that are due; they count as being dialled from now on.
  std::vector<std::string> take_due(time_point now);

  /// When to call `take_due` next, if ever.
  std::optional<time_point> next_due() const;

  /// Attempt failed, or the connection is no use: try later.
  void failed(const std::string& address, time_point now);

  /// There is a connection: no more attempts until `lost`.
  void connected(const std::string& address);

  /// The connection is gone: dial again, soon.
  void lost(const std::string& address, time_point now);

  /// All is well with it: the next failure starts with short delays again.
  void settled(const std::string& address);

  bool wants(const std::string& address) const {
    return targets_.contains(address);
  }

  /// Whether an attempt is under way.
  bool dialling(const std::string& address) const;

  /// The addresses being dialled.
  std::vector<std::string> under_way() const;

private:
  enum class phase : std::uint8_t { waiting, dialling, connected };

  struct target {
    phase is = phase::waiting;
    time_point due{}; ///< Of the attempt, or of giving it up.
    std::uint32_t failures = 0;
  };

  void wait(target& x, time_point now);

  limits bounds_;
  std::minstd_rand chance_;
  std::map<std::string, target> targets_;
};

} // namespace actors
