#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace net::load {

/// What every payload carries, so that a receiver can tell how long it took,
/// and whether something is missing, doubled or out of order.
struct stamp {
  std::uint32_t source = 0; ///< Which publisher.
  std::uint64_t number = 0; ///< 0, 1, 2 ... of this publisher.
  std::uint64_t time = 0;   ///< When it was due, in ns of the steady clock.

  friend bool operator==(const stamp&, const stamp&) = default;
};

/// The start of a payload; nothing else in what a server says looks like it.
constexpr std::string_view payload_start = R"({"load":")";

/// Bytes of a payload up to the end of its stamp.
constexpr std::size_t stamp_end = payload_start.size() + 8 + 16 + 16;

/// What a payload has beside its stamp.
enum class payload_kind : std::uint8_t {
  letters, ///< One letter, again and again.
  json,    ///< A list as an application sends it, the same each time.
  state,   ///< The places of many players, of which a fiftieth moves each time.
};

/// Throws usage_error.
payload_kind payload_kind_of(std::string_view name);

/// A payload is a JSON object that no server has reason to write differently:
/// one letter for four bits, lowest first, of source, number and time.
///
///     {"load":"<8 letters><16 letters><16 letters>","p":"xxxx..."}
class payload_writer {
public:
  /// The smallest payload there is.
  static constexpr std::size_t min_size = stamp_end + 9;

  /// `size` is at least `min_size`.
  explicit payload_writer(std::size_t size,
                          payload_kind kind = payload_kind::letters);

  /// The payload with this stamp, valid until the next call.
  std::string_view write(const stamp& x);

private:
  /// Where the digits of its place are.
  struct player {
    std::size_t x = 0;
    std::size_t y = 0;
  };

  /// Adds an item to the list; false where the text would have more than `most`
  /// bytes.
  bool add_item(payload_kind kind, std::size_t most);
  void move_players();

  std::string text_;
  std::vector<player> players_;
  std::minstd_rand random_{1}; // the same in each run
};

namespace detail {

/// Sixteen letters to 64 bits.
inline std::uint64_t read_letters(const char* at) {
  auto half = [](const char* from) {
    std::uint64_t x = 0;
    std::memcpy(&x, from, sizeof(x));
    x &= 0x0f0f0f0f0f0f0f0fULL;
    x = (x | x >> 4) & 0x00ff00ff00ff00ffULL;
    x = (x | x >> 8) & 0x0000ffff0000ffffULL;
    return (x | x >> 16) & 0xffffffffULL;
  };
  return half(at) | half(at + 8) << 32;
}

inline std::uint32_t read_short_letters(const char* at) {
  char wide[16] = {};
  std::memcpy(wide, at, 8);
  return static_cast<std::uint32_t>(read_letters(wide));
}

} // namespace detail

/// Whether a payload starts at `at`, of which `size` bytes are readable.
inline bool is_payload(const char* at, std::size_t size) {
  return size >= stamp_end
         && std::memcmp(at, payload_start.data(), payload_start.size()) == 0;
}

/// Reads the stamp of a payload for which `is_payload` holds.
inline stamp read_stamp(const char* payload) {
  const char* at = payload + payload_start.size();
  return {detail::read_short_letters(at), detail::read_letters(at + 8),
          detail::read_letters(at + 24)};
}

/// Where the payload starts in a message, or null. `hint` is where it was in
/// the message before: looked at first, and updated.
inline const char* find_payload(std::string_view message, std::uint32_t& hint) {
  if (hint < message.size()
      && is_payload(message.data() + hint, message.size() - hint))
    return message.data() + hint;
  auto at = message.find(payload_start);
  if (at == message.npos || message.size() - at < stamp_end)
    return nullptr;
  hint = static_cast<std::uint32_t>(at);
  return message.data() + at;
}

} // namespace net::load
