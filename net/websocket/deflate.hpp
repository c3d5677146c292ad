#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace net {

/// Compresses whole messages, each on its own, for permessage-deflate (RFC
/// 7692, section 7.2.1). 256 KiB of state: one for each lane.
class deflater {
public:
  /// `level` from 1 (fastest) to 9.
  explicit deflater(int level);
  ~deflater();
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;

  /// What follows the header of the frame; valid until the next call.
  std::string_view compress(std::string_view message);

private:
  struct state;
  std::unique_ptr<state> state_;
  std::string out_;
};

/// Takes such messages apart (section 7.2.2).
class inflater {
public:
  enum class outcome : std::uint8_t {
    whole,
    too_large, ///< It has more than it may; no more than that was made.
    broken,
  };

  inflater();
  ~inflater();
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  /// Puts the message into `out`, which may have `most` bytes.
  outcome inflate(std::string_view compressed, std::size_t most,
                  std::string& out);

private:
  outcome feed(std::string_view bytes, std::size_t most, std::string& out);

  struct state;
  std::unique_ptr<state> state_;
};

} // namespace net
