#include "actors/auth/json_claims.hpp"

#include "proto/base64.hpp"

#include <algorithm>
#include <cmath>

namespace actors {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t max_depth = 64;

/// The year 9999. Later times are as good as this one, and arithmetic on them
/// can't overflow.
constexpr std::int64_t last_second = 253'402'300'799;

dom::parser& parser_of_thread() {
  thread_local dom::parser parser;
  return parser;
}

std::optional<dom::element> parse(const char* text, std::size_t size,
                                  bool copy) {
  auto& parser = parser_of_thread();
  if (parser.max_depth() != max_depth || parser.capacity() < size)
    if (parser.allocate(size, max_depth) != simdjson::SUCCESS)
      return std::nullopt;
  dom::element root;
  if (parser.parse(text, size, copy).get(root) != simdjson::SUCCESS)
    return std::nullopt;
  return root;
}

} // namespace

std::optional<dom::object> parse_object(const std::string& text) {
  auto root = parse(text.data(), text.size(), false);
  dom::object object;
  if (!root || root->get(object) != simdjson::SUCCESS)
    return std::nullopt;
  return object;
}

bool compact_json(std::string_view text, std::string& compact) {
  auto root = parse(text.data(), text.size(), true);
  return root && read_json(*root, compact);
}

bool read_text(dom::element value, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return false;
  out = text;
  return true;
}

bool read_flag(dom::element value, std::optional<bool>& out) {
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS)
    return false;
  out = flag;
  return true;
}

bool read_texts(dom::element value, std::vector<std::string>& out) {
  dom::array array;
  if (value.get(array) != simdjson::SUCCESS)
    return false;
  for (auto item : array)
    if (!read_text(item, out.emplace_back()))
      return false;
  return true;
}

bool read_json(dom::element value, std::string& out) {
  out = simdjson::minify(value);
  return true;
}

bool read_base64(dom::element value, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return false;
  auto bytes = proto::decode_base64(text);
  if (!bytes)
    return false;
  out = std::move(*bytes);
  return true;
}

bool read_seconds(dom::element value, std::optional<std::int64_t>& out) {
  double seconds = 0;
  if (value.get(seconds) != simdjson::SUCCESS)
    return false;
  constexpr auto limit = static_cast<double>(last_second);
  out =
      static_cast<std::int64_t>(std::clamp(std::floor(seconds), -limit, limit));
  return true;
}

} // namespace actors
