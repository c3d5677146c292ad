#pragma once

// For the sources of this folder only: JSON objects read through a table of
// the members that they may have.

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

using json_value = simdjson::ondemand::value;

/// A text that is one JSON object. It is read once, from its start to its end,
/// and only what is asked for is made into a value: a member that nobody knows
/// may hold numbers, escapes and depths that no reader of ours takes.
class json_object_text {
public:
  /// `text` needs SIMDJSON_PADDING spare bytes of capacity, must outlive this,
  /// and no other may be made on this thread meanwhile.
  explicit json_object_text(const std::string& text);
  json_object_text(const json_object_text&) = delete;
  json_object_text& operator=(const json_object_text&) = delete;

  /// None if the text is not one JSON object in UTF-8.
  simdjson::ondemand::object* object() { return good_ ? &object_ : nullptr; }

private:
  bool open(const std::string& text);

  simdjson::ondemand::document document_;
  simdjson::ondemand::object object_;
  bool good_;
};

bool read_text(json_value value, std::string& out);
bool read_flag(json_value value, std::optional<bool>& out);
bool read_texts(json_value value, std::vector<std::string>& out);

/// Any value that nests no deeper than proto::max_json_depth: its bytes,
/// without spaces and newlines between its parts.
bool read_json(json_value value, std::string& out);

/// Bytes in the standard base64 alphabet with padding.
bool read_base64(json_value value, std::string& out);

/// Seconds since 1970, whole or not; out of sensible range means far away.
bool read_seconds(json_value value, std::optional<std::int64_t>& out);

/// Whether a value is null.
bool is_null(json_value value);

/// The name of a member; none if its escapes make no text.
std::optional<std::string_view> name_of(simdjson::ondemand::field& member);

/// A member that an object may have, and how it goes into a `T`.
template <class T>
struct json_member {
  std::string_view name;
  /// What it must be, to complete the sentence "`name` must be ...".
  std::string_view form;
  bool (*read)(json_value value, T& out);
};

/// Reads `object` into `out`. Members with the value null count as absent,
/// those that the table does not know are ignored. Answers what is wrong, or
/// nothing: a member of another form, or one that stands there twice (readers
/// disagree on which of the two counts, so neither does).
template <class T>
std::string read_members(simdjson::ondemand::object& object,
                         std::span<const json_member<T>> table, T& out) {
  std::uint32_t seen = 0;
  for (auto item : object) {
    simdjson::ondemand::field field;
    if (std::move(item).get(field) != simdjson::SUCCESS)
      return "its brackets, commas or colons do not fit";
    const auto name = name_of(field);
    const auto entry = std::ranges::find_if(
        table, [&](const auto& x) { return x.name == name; });
    if (entry == table.end())
      continue;
    const auto bit = 1U << (entry - table.begin());
    if ((seen & bit) != 0)
      return '"' + std::string(entry->name) + "\" is there twice";
    seen |= bit;
    if (!is_null(field.value()) && !entry->read(field.value(), out))
      return '"' + std::string(entry->name) + "\" must be "
             + std::string(entry->form);
  }
  return {};
}

} // namespace actors
