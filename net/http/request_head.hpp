#pragma once

#include "net/http/exchange.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace net {

/// Fields that the head of one request may have; above it the answer is 431.
constexpr std::size_t max_header_fields = 100;

/// Finds the end of a request's head while its bytes arrive, and refuses at the
/// first byte what one program reads as a line end and another does not (RFC
/// 9112, section 2.2 and 5.2): a CR or LF alone, other control characters, a
/// folded line. What a line says is not looked at.
class head_scanner {
public:
  enum class state { more, whole, wrong };

  /// `limit`: bytes of a head with its line ends, blank line before included.
  explicit head_scanner(std::size_t limit) : limit_(limit) {}

  /// `bytes`: everything that has arrived of the request. Looks at each once.
  state scan(std::string_view bytes);

  /// Where the request line starts: behind the blank line that a client may
  /// have sent before it (section 2.2; one is skipped, a second is wrong).
  std::size_t begin() const { return begin_; }

  /// The answer to a head that is wrong.
  const http_reply& refusal() const { return refusal_; }

private:
  state end_line();
  state refuse(unsigned status, std::string why);

  std::size_t limit_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::size_t lines_ = 0;  ///< Whole ones, from the request line on.
  std::size_t length_ = 0; ///< Of the line so far, without its end.
  bool after_cr_ = false;
  http_reply refusal_;
};

/// Makes a request whose head has one meaning, or answers why it has none (RFC
/// 9110 and 9112). Lists over several lines become one, an absolute target
/// becomes its path with its authority as Host. Refused are: no Host or
/// several, a field that stands for one value and is there twice, a transfer
/// coding other than `chunked`, a length that is not a number alone.
std::optional<http_reply> settle_head(http_request& request);

} // namespace net
