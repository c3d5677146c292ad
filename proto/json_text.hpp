#pragma once

#include "proto/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The text of JSON, without the messages: checking, stripping, quoting.

namespace proto {

enum class json_verdict : std::uint8_t {
  valid,
  malformed,
  too_deep, ///< Nests deeper than max_json_depth.
};

struct json_check {
  json_verdict verdict;
  /// There is whitespace outside of strings.
  bool spaced;
};

/// Checks the grammar of exactly one JSON value, but not that it is UTF-8.
json_check check_json(std::string_view text) noexcept;

/// Appends valid JSON without its insignificant whitespace.
void append_minified(std::string_view json, std::string& out);

/// Appends `text` as a quoted JSON string; false if it is not UTF-8.
bool append_quoted(std::string_view text, std::string& out);

/// Appends a JSON value on one line. Bytes that are no valid JSON are appended
/// as a base64 string in its place, and the answer is false: what a client of
/// another format wrote must not end those who read it.
bool append_embedded(std::string_view json, std::string& out);

/// The tag that says of a publication's data that it is such a string.
inline constexpr std::string_view encoding_tag = "roost.encoding";
inline constexpr std::string_view base64_encoding = "base64";

} // namespace proto
