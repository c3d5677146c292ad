#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace proto {

struct message_table;

/// How the value of a field looks in JSON.
enum class field_kind : std::uint8_t {
  boolean,
  int32,
  int64,
  uint32,
  uint64,
  single,
  real,
  string,
  embedded, ///< Bytes that are JSON themselves.
  base64,
  enumeration, ///< The name of the value.
  message,
  map, ///< An object; keys are strings.
};

/// What the JSON codec needs to know about a field.
struct field_entry {
  const google::protobuf::FieldDescriptor* field;
  /// Of the message that has the field: a look-up less for each.
  const google::protobuf::Reflection* access;
  field_kind kind;
  bool repeated;      ///< A list; false for maps.
  bool always;        ///< Written even when zero.
  bool says_encoding; ///< See options.proto.
  /// `"name":`
  std::string key;
  /// Of the message, or of a map's entry; else null.
  const message_table* child;

  std::string_view name() const noexcept {
    return {key.data() + 1, key.size() - 3};
  }
};

/// The fields of a message type, in the order of its declaration.
struct message_table {
  std::vector<field_entry> fields;

  const field_entry* find(std::string_view name) const noexcept;

  /// In the table of a map's entry: how its values look.
  const field_entry& map_value() const noexcept { return fields[1]; }
};

/// The table of a message type; made once per thread, valid until it ends.
const message_table& table_of(const google::protobuf::Descriptor* type);

} // namespace proto
