#include "proto/json_wording.hpp"

#include "proto/json_text.hpp"

namespace proto {

namespace ondemand = simdjson::ondemand;

std::string_view name_of(ondemand::json_type type) {
  switch (type) {
  case ondemand::json_type::array:
    return "a list";
  case ondemand::json_type::object:
    return "an object";
  case ondemand::json_type::number:
    return "a number";
  case ondemand::json_type::string:
    return "a string";
  case ondemand::json_type::boolean:
    return "true or false";
  case ondemand::json_type::null:
    return "null";
  }
  return "something else";
}

std::string_view explain(simdjson::error_code code) {
  switch (code) {
  case simdjson::UTF8_ERROR:
    return "it is not UTF-8";
  case simdjson::UNCLOSED_STRING:
    return "a string does not end";
  case simdjson::UNESCAPED_CHARS:
    return "a string holds a control character";
  case simdjson::STRING_ERROR:
    return "a string holds a bad escape";
  case simdjson::EMPTY:
    return "there is nothing";
  case simdjson::CAPACITY:
  case simdjson::MEMALLOC:
    return "it is too large";
  default:
    return "its brackets, commas or colons do not fit, or a value is none";
  }
}

std::string quoted(std::string_view text) {
  constexpr std::size_t limit = 64;
  auto cut = text.size() > limit;
  std::string out;
  append_quoted(cut_utf8(text, limit), out);
  if (cut)
    out.insert(out.size() - 1, "...");
  return out;
}

} // namespace proto
