#pragma once

// For the sources of this folder only: JSON objects read through a table of
// the members that they may have.

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

/// Parses JSON whose every byte is checked; the result lives until this thread
/// parses again. `text` needs SIMDJSON_PADDING spare bytes of capacity. None if
/// it is not one JSON object, or is nested deeper than 64.
std::optional<simdjson::dom::object> parse_object(const std::string& text);

/// Whether `text` is one JSON value; if so, `compact` becomes it without
/// spaces between its parts.
bool compact_json(std::string_view text, std::string& compact);

bool read_text(simdjson::dom::element value, std::string& out);
bool read_flag(simdjson::dom::element value, std::optional<bool>& out);
bool read_texts(simdjson::dom::element value, std::vector<std::string>& out);

/// Any value, as JSON without newlines or spaces between its parts.
bool read_json(simdjson::dom::element value, std::string& out);

/// Bytes in the standard base64 alphabet with padding.
bool read_base64(simdjson::dom::element value, std::string& out);

/// Seconds since 1970, whole or not; out of sensible range means far away.
bool read_seconds(simdjson::dom::element value,
                  std::optional<std::int64_t>& out);

/// A member that an object may have, and how it goes into a `T`.
template <class T>
struct json_member {
  std::string_view name;
  /// What it must be, to complete the sentence "`name` must be ...".
  std::string_view form;
  bool (*read)(simdjson::dom::element value, T& out);
};

/// Reads `object` into `out`. Members with the value null count as absent,
/// those that the table does not know are ignored. Answers what is wrong, or
/// nothing: a member of another form, or one that stands there twice (readers
/// disagree on which of the two counts, so neither does).
template <class T>
std::string read_members(simdjson::dom::object object,
                         std::span<const json_member<T>> table, T& out) {
  std::uint32_t seen = 0;
  for (auto field : object) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      auto& entry = table[i];
      if (field.key != entry.name)
        continue;
      if (seen >> i & 1)
        return '"' + std::string(entry.name) + "\" is there twice";
      seen |= 1u << i;
      if (!field.value.is_null() && !entry.read(field.value, out))
        return '"' + std::string(entry.name) + "\" must be "
               + std::string(entry.form);
    }
  }
  return {};
}

} // namespace actors
