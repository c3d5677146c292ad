#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// RFC 6455 as it is written, one frame after the other, from bytes that are
/// all there. It says what it finds in lines: `message BYTES`, `ping BYTES`,
/// `close CODE REASON` and `failure CODE`.
class simple_frame_reader {
public:
  struct result {
    std::vector<std::string> events;
    /// The last frame is not all there: another may have refused it already.
    bool open = false;
  };

  explicit simple_frame_reader(std::size_t max_message)
      : max_message_(max_message) {}

  result read(std::string_view bytes);

private:
  struct frame {
    bool final = false;
    unsigned reserved = 0;
    unsigned opcode = 0;
    bool masked = false;
    std::uint64_t length = 0;
    std::size_t length_bytes = 0;
    std::string_view mask;
  };

  /// Takes a head off `bytes`; nothing if it is not all there.
  static std::optional<frame> take_head(std::string_view& bytes);
  unsigned fault_of(const frame& x) const;
  void take_control(const frame& x, const std::string& payload);
  void take_data(const frame& x, const std::string& payload);
  void fail(unsigned code);

  std::size_t max_message_;
  std::optional<std::string> message_; ///< The fragments so far.
  bool text_ = false;
  bool ended_ = false;
  result result_;
};

/// Whether another reader found the same.
bool agrees(const simple_frame_reader::result& simple,
            std::vector<std::string> other);

} // namespace fuzz
