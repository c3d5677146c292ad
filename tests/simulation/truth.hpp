#pragma once

#include "tests/simulation/trace.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace simulation {

/// Where a publication is.
struct place {
  std::string epoch;
  std::uint64_t offset = 0;
  bool operator==(const place&) const = default;
};

/// The invariants that have been broken, and all that anybody ever said of a
/// publication: there is one truth for all nodes and all times. Each
/// publication has data that no other has, which is its idempotency key, too.
class truth {
public:
  struct stream {
    std::unordered_map<std::uint64_t, std::string> by_offset;
    std::unordered_map<std::string, std::uint64_t> by_data;
    std::map<std::uint64_t, std::string> acknowledged;
  };

  explicit truth(trace& log) : trace_(log) {}

  /// Somebody has read, or was given, this publication.
  void seen(const std::string& room, const place& at, const std::string& data,
            std::string_view by);

  /// A publisher was told so. `kept`: the room's epoch cannot get lost.
  void acknowledged(const std::string& room, const place& at,
                    const std::string& data, bool kept);

  /// Only the first violation counts.
  void fail(std::string_view invariant, const std::string& why);

  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }

  /// Epoch -> what is known of it.
  const std::map<std::string, stream>& of(const std::string& room) {
    return rooms_[room];
  }

private:
  trace& trace_;
  std::map<std::string, std::map<std::string, stream>> rooms_;
  std::unordered_map<std::string, place> answers_;
  std::string failure_;
};

inline std::string text(const std::string& room, const place& at) {
  return room + " (" + at.epoch + ", " + std::to_string(at.offset) + ")";
}

} // namespace simulation
