#include "proto/json_text.hpp"

#include "proto/base64.hpp"
#include "proto/json_codec.hpp"

#include <simdjson.h>

#include <array>
#include <bit>
#include <bitset>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace proto {

namespace {

/// Whether `c` cannot stand in a JSON string as it is.
constexpr bool special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// The first special character at or after `at`.
const char* find_special(const char* at, const char* end) noexcept {
#ifdef __SSE2__
  const auto quote = _mm_set1_epi8('"');
  const auto backslash = _mm_set1_epi8('\\');
  const auto last_control = _mm_set1_epi8(0x1f);
  for (; end - at >= 16; at += 16) {
    auto block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    auto control =
        _mm_cmpeq_epi8(_mm_max_epu8(block, last_control), last_control);
    auto found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, quote),
                                           _mm_cmpeq_epi8(block, backslash)),
                              control);
    if (auto mask = static_cast<unsigned>(_mm_movemask_epi8(found)))
      return at + std::countr_zero(mask);
  }
#endif
  while (at != end && !special(*at))
    ++at;
  return at;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// A pushdown automaton over one JSON value: no recursion, no allocation.
class checker {
public:
  explicit checker(std::string_view text) noexcept
      : at_(text.data()), end_(text.data() + text.size()) {}

  json_check run() noexcept {
    auto verdict = value();
    skip_space();
    if (verdict == json_verdict::valid && at_ != end_)
      verdict = json_verdict::malformed;
    return {verdict, spaced_};
  }

private:
  void skip_space() noexcept {
    while (at_ != end_
           && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      spaced_ = true;
      ++at_;
    }
  }

  /// Takes `c` if it comes next, after whitespace.
  bool take(char c) noexcept {
    skip_space();
    if (at_ == end_ || *at_ != c)
      return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) noexcept {
    if (!std::string_view{at_, static_cast<std::size_t>(end_ - at_)}
             .starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool take_digits() noexcept {
    auto* first = at_;
    while (at_ != end_ && is_digit(*at_))
      ++at_;
    return at_ != first;
  }

  bool take_number() noexcept {
    if (*at_ == '-')
      ++at_;
    if (at_ != end_ && *at_ == '0')
      ++at_;
    else if (!take_digits())
      return false;
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!take_digits())
        return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-'))
        ++at_;
      if (!take_digits())
        return false;
    }
    return true;
  }

  /// The rest of a string whose opening quote was taken.
  bool take_string() noexcept {
    for (;;) {
      at_ = find_special(at_, end_);
      if (at_ == end_)
        return false;
      auto c = *at_++;
      if (c == '"')
        return true;
      if (c != '\\' || !take_escape())
        return false;
    }
  }

  bool take_escape() noexcept {
    if (at_ == end_)
      return false;
    auto c = *at_++;
    if (c != 'u')
      return std::string_view{"\"\\/bfnrt"}.find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i, ++at_)
      if (at_ == end_ || !is_hex(*at_))
        return false;
    return true;
  }

  bool take_scalar() noexcept {
    switch (*at_) {
    case '"':
      ++at_;
      return take_string();
    case 't':
      return take_word("true");
    case 'f':
      return take_word("false");
    case 'n':
      return take_word("null");
    default:
      return take_number();
    }
  }

  bool take_key() noexcept { return take('"') && take_string() && take(':'); }

  bool in_object() const noexcept { return objects_[depth_ - 1]; }

  /// After a value: closes what ends here, up to the next value of the
  /// innermost container. False if the text does not go on so.
  bool next_or_close() noexcept {
    while (depth_ > 0) {
      if (take(','))
        return !in_object() || take_key();
      if (!take(in_object() ? '}' : ']'))
        return false;
      --depth_;
    }
    return true;
  }

  json_verdict value() noexcept {
    using enum json_verdict;
    do {
      skip_space();
      if (at_ == end_)
        return malformed;
      if (*at_ == '{' || *at_ == '[') {
        auto object = *at_++ == '{';
        if (!take(object ? '}' : ']')) {
          if (depth_ == max_json_depth)
            return too_deep;
          objects_[depth_++] = object;
          if (object && !take_key())
            return malformed;
          continue;
        }
      } else if (!take_scalar()) {
        return malformed;
      }
      if (!next_or_close())
        return malformed;
    } while (depth_ > 0);
    return valid;
  }

  const char* at_;
  const char* end_;
  bool spaced_ = false;
  std::size_t depth_ = 0;
  /// For each open container: whether it is an object.
  std::bitset<max_json_depth> objects_;
};

void append_escape(char c, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  out.push_back('\\');
  switch (c) {
  case '"':
  case '\\':
    return out.push_back(c);
  case '\b':
    return out.push_back('b');
  case '\f':
    return out.push_back('f');
  case '\n':
    return out.push_back('n');
  case '\r':
    return out.push_back('r');
  case '\t':
    return out.push_back('t');
  default:
    out += "u00";
    out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(hex[static_cast<unsigned char>(c) & 15]);
  }
}

} // namespace

json_check check_json(std::string_view text) noexcept {
  return checker{text}.run();
}

bool is_json(std::string_view text) noexcept {
  return check_json(text).verdict == json_verdict::valid && is_utf8(text);
}

void append_minified(std::string_view json, std::string& out) {
  auto before = out.size();
  // simdjson writes whole blocks, past what it keeps.
  out.resize(before + json.size() + simdjson::SIMDJSON_PADDING);
  std::size_t kept = 0;
  auto error =
      simdjson::minify(json.data(), json.size(), out.data() + before, kept);
  // It fails on unclosed strings only, and valid JSON has none.
  out.resize(before + (error ? 0 : kept));
}

bool append_quoted(std::string_view text, std::string& out) {
  if (!is_utf8(text))
    return false;
  out.push_back('"');
  auto* at = text.data();
  auto* end = at + text.size();
  for (;;) {
    auto* stop = find_special(at, end);
    out.append(at, stop);
    if (stop == end)
      break;
    append_escape(*stop, out);
    at = stop + 1;
  }
  out.push_back('"');
  return true;
}

bool append_embedded(std::string_view json, std::string& out) {
  auto [verdict, spaced] = check_json(json);
  if (verdict != json_verdict::valid || !is_utf8(json)) {
    out.push_back('"');
    append_base64(json, out);
    out.push_back('"');
    return false;
  }
  if (spaced)
    append_minified(json, out);
  else
    out.append(json);
  return true;
}

} // namespace proto
