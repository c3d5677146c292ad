#pragma once

#include <google/protobuf/message.h>

#include <charconv>
#include <string>
#include <type_traits>

namespace proto {

/// The writing half of proto/json_codec.hpp; on failure `out` holds a part.
bool write_json(const google::protobuf::Message& message, std::string& out);

/// Appends a whole number in decimal.
template <class Number>
requires std::is_integral_v<Number>
void append_number(Number number, std::string& out) {
  char text[24];
  auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, end);
}

} // namespace proto
