#include "proto/json_reader.hpp"

#include "proto/base64.hpp"
#include "proto/json_codec.hpp"
#include "proto/json_text.hpp"
#include "proto/json_wording.hpp"
#include "proto/message_table.hpp"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace proto {

namespace {

namespace ondemand = simdjson::ondemand;

using google::protobuf::Message;
using google::protobuf::Reflection;

/// Reads one document. Every function returns whether it went well; when not,
/// the error says why, and callers add the path on the way out.
class reader {
public:
  explicit reader(null_messages* nulls) : nulls_(nulls) {}

  bool read_document(ondemand::parser& parser, const char* json,
                     std::size_t size, std::size_t capacity, Message& out) {
    ondemand::document document;
    if (auto code = parser.iterate(json, size, capacity).get(document))
      return malformed(code);
    ondemand::json_type type;
    if (auto code = document.type().get(type))
      return malformed(code);
    if (type != ondemand::json_type::object)
      return expected("an object", type);
    ondemand::object object;
    if (auto code = document.get_object().get(object))
      return malformed(code);
    if (!read_object(object, table_of(out.GetDescriptor()), out))
      return false;
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return malformed("something follows its end");
    return true;
  }

  std::string error() const {
    if (malformed_)
      return "not valid JSON: " + problem_;
    if (path_.empty())
      return "the message " + problem_;
    return "field \"" + path_ + "\" " + problem_;
  }

private:
  // -- errors -----------------------------------------------------------------

  /// The document is broken, so there is no field to blame.
  bool malformed(std::string_view why) {
    malformed_ = true;
    problem_ = why;
    return false;
  }

  bool malformed(simdjson::error_code code) { return malformed(explain(code)); }

  bool wrong(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool expected(std::string_view what, ondemand::json_type found) {
    return wrong("must be " + std::string{what} + ", found "
                 + std::string{name_of(found)});
  }

  bool inside(std::string_view name) {
    auto dot = path_.empty() || path_.front() == '[' ? "" : ".";
    path_.insert(0, std::string{name} + dot);
    return false;
  }

  // -- structure --------------------------------------------------------------

  bool read_object(ondemand::object& object, const message_table& table,
                   Message& out) {
    if (++depth_ > max_json_depth)
      return wrong("nests too deep");
    for (auto item : object) {
      ondemand::field field;
      if (auto code = std::move(item).get(field))
        return malformed(code);
      std::string_view name;
      if (auto code = field.unescaped_key().get(name))
        return malformed(code);
      auto* entry = table.find(name);
      if (entry) {
        if (!read_field(field.value(), *entry, out))
          return malformed_ ? false : inside(entry->name());
      } else if (!skip(field.value())) {
        return malformed_ ? false : inside(name);
      }
    }
    --depth_;
    return true;
  }

  bool read_field(ondemand::value value, const field_entry& entry,
                  Message& out) {
    ondemand::json_type type;
    if (auto code = value.type().get(type))
      return malformed(code);
    // The last of equal names wins, and null is absent.
    if (reads_into(entry) || type == ondemand::json_type::null)
      entry.access->ClearField(&out, entry.field);
    if (type == ondemand::json_type::null)
      return skip(value);
    if (entry.repeated)
      return read_list(value, type, entry, out);
    if (entry.kind == field_kind::map)
      return read_map(value, type, entry, out);
    return read_value(value, type, entry, out);
  }

  static bool reads_into(const field_entry& entry) {
    return entry.repeated || entry.child;
  }

  bool read_list(ondemand::value value, ondemand::json_type type,
                 const field_entry& entry, Message& out) {
    if (type != ondemand::json_type::array)
      return expected("a list", type);
    ondemand::array list;
    if (auto code = value.get_array().get(list))
      return malformed(code);
    std::size_t index = 0;
    for (auto item : list) {
      ondemand::value element;
      ondemand::json_type element_type;
      if (auto code = item.get(element))
        return malformed(code);
      if (auto code = element.type().get(element_type))
        return malformed(code);
      if (!read_value(element, element_type, entry, out))
        return malformed_ ? false : inside('[' + std::to_string(index) + ']');
      ++index;
    }
    return true;
  }

  bool read_map(ondemand::value value, ondemand::json_type type,
                const field_entry& entry, Message& out) {
    if (type != ondemand::json_type::object)
      return expected("an object", type);
    ondemand::object object;
    if (auto code = value.get_object().get(object))
      return malformed(code);
    map_items items;
    for (auto item : object) {
      ondemand::field field;
      if (auto code = std::move(item).get(field))
        return malformed(code);
      std::string_view name;
      if (auto code = field.unescaped_key().get(name))
        return malformed(code);
      if (!read_map_item(name, field.value(), entry, items, out))
        return malformed_ ? false : inside('[' + quoted(name) + ']');
    }
    return true;
  }

  /// The items of a map so far; no hash table, since a stranger chooses the
  /// keys. The parser keeps them until the next document.
  using map_items = std::map<std::string_view, Message*>;

  bool read_map_item(std::string_view name, ondemand::value value,
                     const field_entry& entry, map_items& items, Message& out) {
    ondemand::json_type type;
    if (auto code = value.type().get(type))
      return malformed(code);
    // To reflection a map is a list: two items of one key would both stay in
    // it until the map is built.
    auto& item = items[name];
    if (item)
      item->Clear();
    else
      item = entry.access->AddMessage(&out, entry.field);
    const auto& key = entry.child->fields[0];
    key.access->SetString(item, key.field, std::string{name});
    return read_value(value, type, entry.child->map_value(), *item);
  }

  /// Reads a single value, or appends to a list.
  bool read_value(ondemand::value value, ondemand::json_type type,
                  const field_entry& entry, Message& out) {
    switch (entry.kind) {
    case field_kind::boolean:
      return read_bool(value, type, entry, out);
    case field_kind::int32:
      return read_whole(value, type, entry, out, &Reflection::SetInt32,
                        &Reflection::AddInt32);
    case field_kind::int64:
      return read_whole(value, type, entry, out, &Reflection::SetInt64,
                        &Reflection::AddInt64);
    case field_kind::uint32:
      return read_whole(value, type, entry, out, &Reflection::SetUInt32,
                        &Reflection::AddUInt32);
    case field_kind::uint64:
      return read_whole(value, type, entry, out, &Reflection::SetUInt64,
                        &Reflection::AddUInt64);
    case field_kind::single:
      return read_real(value, type, entry, out, &Reflection::SetFloat,
                       &Reflection::AddFloat);
    case field_kind::real:
      return read_real(value, type, entry, out, &Reflection::SetDouble,
                       &Reflection::AddDouble);
    case field_kind::enumeration:
      return read_enum(value, type, entry, out);
    case field_kind::string:
    case field_kind::base64:
      return read_string(value, type, entry, out);
    case field_kind::embedded:
      return read_embedded(value, entry, out);
    case field_kind::message:
    case field_kind::map:
      return read_message(value, type, entry, out);
    }
    return wrong("has an unknown type");
  }

  bool read_message(ondemand::value value, ondemand::json_type type,
                    const field_entry& entry, Message& out) {
    auto* message = entry.repeated
                        ? entry.access->AddMessage(&out, entry.field)
                        : entry.access->MutableMessage(&out, entry.field);
    if (type == ondemand::json_type::null) {
      if (nulls_ && entry.repeated)
        nulls_->insert(message);
      return skip(value);
    }
    if (nulls_)
      nulls_->erase(message); // of a list of the same name, which is gone
    if (type != ondemand::json_type::object)
      return expected("an object", type);
    ondemand::object object;
    if (auto code = value.get_object().get(object))
      return malformed(code);
    return read_object(object, *entry.child, *message);
  }

  // -- single values ----------------------------------------------------------

  template <class Value, class Set, class Add>
  static void store(const field_entry& entry, Message& out, Value&& value,
                    Set set, Add add) {
    if (entry.repeated)
      (entry.access->*add)(&out, entry.field, std::forward<Value>(value));
    else
      (entry.access->*set)(&out, entry.field, std::forward<Value>(value));
  }

  static std::string_view token(ondemand::value& value) {
    auto text = value.raw_json_token();
    while (!text.empty()
           && std::string_view{" \t\r\n"}.find(text.back())
                  != std::string_view::npos)
      text.remove_suffix(1);
    return text;
  }

  bool read_bool(ondemand::value value, ondemand::json_type type,
                 const field_entry& entry, Message& out) {
    auto text = token(value);
    if (type == ondemand::json_type::null && text == "null")
      text = "false";
    else if (type != ondemand::json_type::boolean)
      return expected("true or false", type);
    if (text != "true" && text != "false")
      return malformed("a value is neither true nor false");
    store(entry, out, text == "true", &Reflection::SetBool,
          &Reflection::AddBool);
    return true;
  }

  template <class Number>
  bool
  read_whole(ondemand::value value, ondemand::json_type type,
             const field_entry& entry, Message& out,
             void (Reflection::*set)(Message*,
                                     const google::protobuf::FieldDescriptor*,
                                     Number) const,
             void (Reflection::*add)(Message*,
                                     const google::protobuf::FieldDescriptor*,
                                     Number) const) {
    using limits = std::numeric_limits<Number>;
    auto text = token(value);
    Number number = 0;
    if (type == ondemand::json_type::null) {
      if (text != "null")
        return malformed("a value is none");
      store(entry, out, number, set, add);
      return true;
    }
    if (type != ondemand::json_type::number)
      return expected("a number", type);
    if (check_json(text).verdict != json_verdict::valid)
      return malformed("a number is none");
    auto [end, code] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size())
      return wrong("must be a whole number from "
                   + std::to_string(limits::min()) + " to "
                   + std::to_string(limits::max()) + ", found "
                   + std::string{text.substr(0, 40)});
    store(entry, out, number, set, add);
    return true;
  }

  template <class Number>
  bool
  read_real(ondemand::value value, ondemand::json_type type,
            const field_entry& entry, Message& out,
            void (Reflection::*set)(Message*,
                                    const google::protobuf::FieldDescriptor*,
                                    Number) const,
            void (Reflection::*add)(Message*,
                                    const google::protobuf::FieldDescriptor*,
                                    Number) const) {
    double number = 0;
    if (type == ondemand::json_type::null) {
      if (!skip(value))
        return false;
    } else if (type != ondemand::json_type::number) {
      return expected("a number", type);
    } else if (auto code = value.get_double().get(number)) {
      return malformed(code);
    }
    if (!std::isfinite(static_cast<Number>(number)))
      return wrong("is a number out of range");
    store(entry, out, static_cast<Number>(number), set, add);
    return true;
  }

  bool read_string(ondemand::value value, ondemand::json_type type,
                   const field_entry& entry, Message& out) {
    std::string_view text;
    if (type == ondemand::json_type::null) {
      if (!skip(value))
        return false;
    } else if (type != ondemand::json_type::string) {
      return expected("a string", type);
    } else if (auto code = value.get_string().get(text)) {
      return malformed(code);
    }
    std::string bytes;
    if (entry.kind == field_kind::base64) {
      auto decoded = decode_base64(text);
      if (!decoded)
        return wrong("must be standard base64 with padding");
      bytes = std::move(*decoded);
    } else {
      bytes = text;
    }
    store(entry, out, std::move(bytes), &Reflection::SetString,
          &Reflection::AddString);
    return true;
  }

  bool read_enum(ondemand::value value, ondemand::json_type type,
                 const field_entry& entry, Message& out) {
    auto* names = entry.field->enum_type();
    auto* chosen = names->value(0);
    if (type == ondemand::json_type::null) {
      if (!skip(value))
        return false;
    } else if (type != ondemand::json_type::string) {
      return expected("a string", type);
    } else {
      std::string_view text;
      if (auto code = value.get_string().get(text))
        return malformed(code);
      chosen = names->FindValueByName(std::string{text});
      if (!chosen)
        return wrong("has the unknown value " + quoted(text));
    }
    store(entry, out, chosen, &Reflection::SetEnum, &Reflection::AddEnum);
    return true;
  }

  // -- any JSON ---------------------------------------------------------------

  bool read_embedded(ondemand::value value, const field_entry& entry,
                     Message& out) {
    std::string_view text;
    bool spaced = false;
    if (!take(value, text, spaced))
      return false;
    std::string bytes;
    if (spaced)
      append_minified(text, bytes);
    else
      bytes = text;
    store(entry, out, std::move(bytes), &Reflection::SetString,
          &Reflection::AddString);
    return true;
  }

  bool skip(ondemand::value value) {
    std::string_view text;
    bool spaced = false;
    return take(value, text, spaced);
  }

  /// Takes the text of a value. simdjson does not check what it passes over,
  /// so we do.
  bool take(ondemand::value value, std::string_view& text, bool& spaced) {
    if (auto code = simdjson::to_json_string(value).get(text))
      return malformed(code);
    auto check = check_json(text);
    spaced = check.spaced;
    switch (check.verdict) {
    case json_verdict::valid:
      return true;
    case json_verdict::too_deep:
      return wrong("nests deeper than " + std::to_string(max_json_depth)
                   + " levels");
    case json_verdict::malformed:
      break;
    }
    return malformed(simdjson::TAPE_ERROR);
  }

  null_messages* nulls_;
  bool malformed_ = false;
  std::size_t depth_ = 0;
  std::string problem_;
  std::string path_;
};

/// What parsing needs beside the text; kept for the next one.
struct workspace {
  ondemand::parser parser;
  std::string padded;

  std::optional<std::string> read(std::string_view json, Message& out,
                                  null_messages* nulls) {
    padded.assign(json);
    padded.append(simdjson::SIMDJSON_PADDING, ' ');
    reader run{nulls};
    if (run.read_document(parser, padded.data(), json.size(), padded.size(),
                          out))
      return std::nullopt;
    return run.error();
  }
};

} // namespace

std::optional<std::string> read_json(std::string_view json, Message& out,
                                     null_messages* nulls) {
  // One big message must not keep its memory for the life of the thread.
  constexpr std::size_t keep_bytes = 256 * 1024;
  out.Clear();
  if (json.size() > keep_bytes)
    return workspace().read(json, out, nulls);
  thread_local workspace kept;
  return kept.read(json, out, nulls);
}

} // namespace proto
