#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proto {

// Deltas in the format of Fossil: the length of the target, then pieces that
// are copied from the base or stand in the delta, then a checksum of the
// target.

/// How a delta is carried: text must be UTF-8, so it is cut at code points
/// only.
enum class delta_text : bool { no, utf8 };

/// Makes deltas, in time linear in base and target whatever they hold, and
/// little more than reading them takes where they have little in common. Keeps
/// the memory of its index, at most 512 KiB, for the next one.
class fossil_encoder {
public:
  /// Writes to `out` (replaced) the delta that makes `target` of `base`. False,
  /// with `out` unspecified, where it would not be smaller than `target`, or
  /// (utf8) not be valid UTF-8.
  bool encode(std::string_view base, std::string_view target, delta_text text,
              std::string& out);

private:
  struct match;

  void index(std::string_view base);
  match longest_match(std::string_view base, std::string_view target,
                      std::size_t at, std::size_t literal,
                      std::size_t expected);

  /// Bytes from one indexed block of the base to the next.
  std::size_t stride_ = 0;
  /// By hash: the number of the last block that has it, plus 1; 0: none.
  std::vector<std::uint32_t> newest_;
  /// By block: the one before it that has the same hash, plus 1; 0: none.
  std::vector<std::uint32_t> older_;
  std::size_t vain_looks_ = 0; ///< For the delta that is being made.
};

/// The target; nothing if the delta is damaged, is not one for `base`, or makes
/// more than `limit` bytes.
std::optional<std::string> apply_fossil_delta(std::string_view base,
                                              std::string_view delta,
                                              std::size_t limit);

} // namespace proto
