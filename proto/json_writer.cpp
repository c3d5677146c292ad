#include "proto/json_writer.hpp"

#include "proto/base64.hpp"
#include "proto/json_text.hpp"
#include "proto/message_table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace proto {

namespace {

using google::protobuf::Message;

bool write_message(const Message& message, const message_table& table,
                   std::string& out);

bool append_real(double number, std::string& out) {
  if (!std::isfinite(number))
    return false;
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, end);
  return true;
}

bool append_bytes(const std::string& bytes, const field_entry& entry,
                  std::string& out) {
  if (entry.kind == field_kind::string)
    return append_quoted(bytes, out);
  if (entry.kind == field_kind::embedded) {
    append_embedded(bytes, out);
    return true;
  }
  out.push_back('"');
  append_base64(bytes, out);
  out.push_back('"');
  return true;
}

/// Writes the value of a field that is neither list nor map, or of the element
/// `index` of a list.
bool write_value(const Message& message, const field_entry& entry, int index,
                 std::string& out) {
  auto& use = *entry.access;
  auto* field = entry.field;
  auto list = entry.repeated;
  switch (entry.kind) {
  case field_kind::boolean:
    out += (list ? use.GetRepeatedBool(message, field, index)
                 : use.GetBool(message, field))
               ? "true"
               : "false";
    return true;
  case field_kind::int32:
    append_number(list ? use.GetRepeatedInt32(message, field, index)
                       : use.GetInt32(message, field),
                  out);
    return true;
  case field_kind::int64:
    append_number(list ? use.GetRepeatedInt64(message, field, index)
                       : use.GetInt64(message, field),
                  out);
    return true;
  case field_kind::uint32:
    append_number(list ? use.GetRepeatedUInt32(message, field, index)
                       : use.GetUInt32(message, field),
                  out);
    return true;
  case field_kind::uint64:
    append_number(list ? use.GetRepeatedUInt64(message, field, index)
                       : use.GetUInt64(message, field),
                  out);
    return true;
  case field_kind::single:
    return append_real(list ? use.GetRepeatedFloat(message, field, index)
                            : use.GetFloat(message, field),
                       out);
  case field_kind::real:
    return append_real(list ? use.GetRepeatedDouble(message, field, index)
                            : use.GetDouble(message, field),
                       out);
  case field_kind::enumeration:
    return append_quoted((list ? use.GetRepeatedEnum(message, field, index)
                               : use.GetEnum(message, field))
                             ->name(),
                         out);
  case field_kind::string:
  case field_kind::embedded:
  case field_kind::base64: {
    std::string scratch;
    auto& bytes =
        list ? use.GetRepeatedStringReference(message, field, index, &scratch)
             : use.GetStringReference(message, field, &scratch);
    return append_bytes(bytes, entry, out);
  }
  case field_kind::message:
  case field_kind::map:
    break;
  }
  return write_message(list ? use.GetRepeatedMessage(message, field, index)
                            : use.GetMessage(message, field),
                       *entry.child, out);
}

bool write_list(const Message& message, const field_entry& entry,
                std::string& out) {
  auto size = entry.access->FieldSize(message, entry.field);
  out.push_back('[');
  for (int i = 0; i < size; ++i) {
    if (i > 0)
      out.push_back(',');
    if (!write_value(message, entry, i, out))
      return false;
  }
  out.push_back(']');
  return true;
}

/// With `encoded` one item more: that the message's bytes are base64.
bool write_map(const Message& message, const field_entry& entry, bool encoded,
               std::string& out) {
  auto& use = *entry.access;
  auto size = use.FieldSize(message, entry.field);
  // Sorted: equal maps make equal bytes.
  std::vector<std::pair<std::string, const Message*>> items;
  items.reserve(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) {
    auto& item = use.GetRepeatedMessage(message, entry.field, i);
    const auto& key_entry = entry.child->fields[0];
    auto key = key_entry.access->GetString(item, key_entry.field);
    if (!encoded || key != encoding_tag)
      items.emplace_back(std::move(key), &item);
  }
  if (encoded)
    items.emplace_back(encoding_tag, nullptr);
  std::sort(items.begin(), items.end());
  char before = '{';
  for (auto& [key, item] : items) {
    out.push_back(std::exchange(before, ','));
    if (!append_quoted(key, out))
      return false;
    out.push_back(':');
    if (item == nullptr)
      append_quoted(base64_encoding, out);
    else if (!write_value(*item, entry.child->map_value(), 0, out))
      return false;
  }
  if (items.empty())
    out.push_back('{');
  out.push_back('}');
  return true;
}

bool is_set(const Message& message, const field_entry& entry) {
  auto& use = *entry.access;
  return entry.field->is_repeated() ? use.FieldSize(message, entry.field) > 0
                                    : use.HasField(message, entry.field);
}

/// Bytes that must be present but are empty hold no JSON, and an absent
/// message nothing at all.
bool is_void(const Message& message, const field_entry& entry) {
  return !entry.repeated
         && (entry.kind == field_kind::message
             || entry.kind == field_kind::embedded)
         && !is_set(message, entry);
}

/// `encoded` becomes true when bytes that are no JSON were written.
bool write_field(const Message& message, const field_entry& entry,
                 bool& encoded, std::string& out) {
  if (is_void(message, entry)) {
    out += "null";
    return true;
  }
  if (entry.repeated)
    return write_list(message, entry, out);
  if (entry.kind == field_kind::map)
    return write_map(message, entry, encoded && entry.says_encoding, out);
  if (entry.kind != field_kind::embedded)
    return write_value(message, entry, 0, out);
  std::string scratch;
  encoded |= !append_embedded(
      entry.access->GetStringReference(message, entry.field, &scratch), out);
  return true;
}

bool write_message(const Message& message, const message_table& table,
                   std::string& out) {
  auto first = true;
  auto encoded = false;
  out.push_back('{');
  for (auto& entry : table.fields) {
    if (!entry.always && !is_set(message, entry)
        && !(encoded && entry.says_encoding))
      continue;
    if (!std::exchange(first, false))
      out.push_back(',');
    out += entry.key;
    if (!write_field(message, entry, encoded, out))
      return false;
  }
  out.push_back('}');
  return true;
}

} // namespace

bool write_json(const Message& message, std::string& out) {
  return write_message(message, table_of(message.GetDescriptor()), out);
}

} // namespace proto
