#include "proto/message_table.hpp"

#include "proto/options.pb.h"

#include <cassert>
#include <memory>
#include <unordered_map>

namespace proto {

namespace {

using google::protobuf::FieldDescriptor;

field_kind kind_of(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_BOOL:
    return field_kind::boolean;
  case FieldDescriptor::CPPTYPE_INT32:
    return field_kind::int32;
  case FieldDescriptor::CPPTYPE_INT64:
    return field_kind::int64;
  case FieldDescriptor::CPPTYPE_UINT32:
    return field_kind::uint32;
  case FieldDescriptor::CPPTYPE_UINT64:
    return field_kind::uint64;
  case FieldDescriptor::CPPTYPE_FLOAT:
    return field_kind::single;
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return field_kind::real;
  case FieldDescriptor::CPPTYPE_ENUM:
    return field_kind::enumeration;
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return field->is_map() ? field_kind::map : field_kind::message;
  case FieldDescriptor::CPPTYPE_STRING:
    break;
  }
  if (field->type() == FieldDescriptor::TYPE_STRING)
    return field_kind::string;
  return field->options().GetExtension(roost::json::base64)
             ? field_kind::base64
             : field_kind::embedded;
}

} // namespace

const field_entry* message_table::find(std::string_view name) const noexcept {
  for (auto& entry : fields)
    if (entry.name() == name)
      return &entry;
  return nullptr;
}

const message_table& table_of(const google::protobuf::Descriptor* type) {
  thread_local std::unordered_map<const google::protobuf::Descriptor*,
                                  std::unique_ptr<message_table>>
      tables;
  auto& slot = tables[type];
  if (slot)
    return *slot;
  // In place before its fields are read: message types may contain themselves.
  auto& table = *(slot = std::make_unique<message_table>());
  const auto* access = google::protobuf::MessageFactory::generated_factory()
                           ->GetPrototype(type)
                           ->GetReflection();
  table.fields.reserve(static_cast<std::size_t>(type->field_count()));
  for (int i = 0; i < type->field_count(); ++i) {
    auto* field = type->field(i);
    auto* child = field->message_type();
    assert(!field->is_map()
           || child->map_key()->type() == FieldDescriptor::TYPE_STRING);
    table.fields.push_back({
        .field = field,
        .access = access,
        .kind = kind_of(field),
        .repeated = field->is_repeated() && !field->is_map(),
        .always = field->options().GetExtension(roost::json::always)
                  || type->options().GetExtension(roost::json::all_always),
        .says_encoding =
            field->options().GetExtension(roost::json::says_encoding),
        .key = '"' + field->name() + "\":",
        .child = child ? &table_of(child) : nullptr,
    });
  }
  return table;
}

} // namespace proto
