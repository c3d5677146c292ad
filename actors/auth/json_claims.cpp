#include "actors/auth/json_claims.hpp"

#include "proto/base64.hpp"
#include "proto/json_text.hpp"

#include <algorithm>
#include <cmath>

namespace actors {

namespace {

namespace ondemand = simdjson::ondemand;

/// The year 9999. Later times are as good as this one, and arithmetic on them
/// can't overflow.
constexpr std::int64_t last_second = 253'402'300'799;

bool is(json_value& value, ondemand::json_type wanted) {
  ondemand::json_type type;
  return value.type().get(type) == simdjson::SUCCESS && type == wanted;
}

/// The text of a string that lives until the document ends.
bool view_of(json_value& value, std::string_view& out) {
  return is(value, ondemand::json_type::string)
         && value.get_string().get(out) == simdjson::SUCCESS;
}

} // namespace

json_object_text::json_object_text(const std::string& text)
    : good_(open(text)) {}

bool json_object_text::open(const std::string& text) {
  thread_local ondemand::parser parser;
  // The parser does not check what it passes over. What is beyond our depth
  // is not checked by us either; whoever signed it means it.
  if (proto::check_json(text).verdict == proto::json_verdict::malformed)
    return false;
  return parser.iterate(text.data(), text.size(), text.capacity())
                 .get(document_)
             == simdjson::SUCCESS
         && document_.get_object().get(object_) == simdjson::SUCCESS;
}

bool read_text(json_value value, std::string& out) {
  std::string_view text;
  if (!view_of(value, text))
    return false;
  out = text;
  return true;
}

bool read_flag(json_value value, std::optional<bool>& out) {
  bool flag = false;
  if (!is(value, ondemand::json_type::boolean)
      || value.get_bool().get(flag) != simdjson::SUCCESS)
    return false;
  out = flag;
  return true;
}

bool read_texts(json_value value, std::vector<std::string>& out) {
  ondemand::array array;
  if (!is(value, ondemand::json_type::array)
      || value.get_array().get(array) != simdjson::SUCCESS)
    return false;
  for (auto item : array) {
    json_value element;
    if (item.get(element) != simdjson::SUCCESS
        || !read_text(element, out.emplace_back()))
      return false;
  }
  return true;
}

bool read_json(json_value value, std::string& out) {
  std::string_view text;
  out.clear();
  return simdjson::to_json_string(value).get(text) == simdjson::SUCCESS
         && proto::append_embedded(text, out);
}

bool read_base64(json_value value, std::string& out) {
  std::string_view text;
  if (!view_of(value, text))
    return false;
  auto bytes = proto::decode_base64(text);
  if (!bytes)
    return false;
  out = std::move(*bytes);
  return true;
}

bool read_seconds(json_value value, std::optional<std::int64_t>& out) {
  double seconds = 0;
  if (!is(value, ondemand::json_type::number)
      || value.get_double().get(seconds) != simdjson::SUCCESS)
    return false;
  constexpr auto limit = static_cast<double>(last_second);
  out =
      static_cast<std::int64_t>(std::clamp(std::floor(seconds), -limit, limit));
  return true;
}

bool is_null(json_value value) {
  return is(value, ondemand::json_type::null);
}

std::optional<std::string_view> name_of(ondemand::field& member) {
  std::string_view name;
  if (member.unescaped_key().get(name) != simdjson::SUCCESS)
    return std::nullopt;
  return name;
}

} // namespace actors
