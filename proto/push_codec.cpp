#include "proto/push_codec.hpp"

#include "proto/json_text.hpp"
#include "proto/json_writer.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <vector>

namespace proto {

namespace {

using roost::client::ClientInfo;
using roost::client::Publication;

// -- JSON ---------------------------------------------------------------------

/// Appends the fields of one object; each call adds `"name":value`.
class json_object {
public:
  explicit json_object(std::string& out) : out_(out) { out_.push_back('{'); }

  void close() { out_.push_back('}'); }

  /// Starts a field; the caller appends its value. `key` is `"name":`.
  std::string& field(std::string_view key) {
    if (!first_)
      out_.push_back(',');
    first_ = false;
    return out_.append(key);
  }

  template <class Number>
  void number(std::string_view key, Number value) {
    if (value != 0)
      append_number(value, field(key));
  }

  void flag(std::string_view key, bool value) {
    if (value)
      field(key) += "true";
  }

  bool text(std::string_view key, std::string_view value) {
    return value.empty() || append_quoted(value, field(key));
  }

  /// False when the value is no JSON and was written as base64.
  bool embedded(std::string_view key, std::string_view value) {
    return value.empty() || append_embedded(value, field(key));
  }

private:
  std::string& out_;
  bool first_ = true;
};

bool write_info(const ClientInfo& info, std::string& out) {
  json_object object{out};
  if (!append_quoted(info.user(), object.field("\"user\":"))
      || !append_quoted(info.client(), object.field("\"client\":")))
    return false;
  object.embedded("\"conn_info\":", info.conn_info());
  object.embedded("\"chan_info\":", info.chan_info());
  object.close();
  return true;
}

/// With `encoded` also that the data is base64; see options.proto.
bool write_tags(const google::protobuf::Map<std::string, std::string>& tags,
                bool encoded, std::string& out) {
  std::vector<std::pair<std::string_view, std::string_view>> sorted;
  sorted.reserve(tags.size());
  for (auto& [key, value] : tags)
    if (!encoded || key != encoding_tag)
      sorted.emplace_back(key, value);
  if (encoded)
    sorted.emplace_back(encoding_tag, base64_encoding);
  std::sort(sorted.begin(), sorted.end());
  char before = '{';
  for (auto& [key, value] : sorted) {
    out.push_back(std::exchange(before, ','));
    if (!append_quoted(key, out))
      return false;
    out.push_back(':');
    if (!append_quoted(value, out))
      return false;
  }
  out.push_back('}');
  return true;
}

bool write_publication(const Publication& pub, std::string& out) {
  json_object object{out};
  const auto encoded = !object.embedded("\"data\":", pub.data());
  if (pub.has_info() && !write_info(pub.info(), object.field("\"info\":")))
    return false;
  object.number("\"offset\":", pub.offset());
  if ((encoded || !pub.tags().empty())
      && !write_tags(pub.tags(), encoded, object.field("\"tags\":")))
    return false;
  object.flag("\"delta\":", pub.delta());
  object.number("\"time\":", pub.time());
  if (!object.text("\"channel\":", pub.channel())
      || !object.text("\"key\":", pub.key()))
    return false;
  object.flag("\"removed\":", pub.removed());
  object.number("\"score\":", pub.score());
  if (!object.text("\"epoch\":", pub.epoch()))
    return false;
  object.number("\"version\":", pub.version());
  object.close();
  return true;
}

/// Writes `{"push":{<channel>,"<body>":<what write_body appends>}}`.
template <class WriteBody>
bool append_json_push(channel_or_id channel, std::string_view body_key,
                      std::string& out, WriteBody write_body) {
  auto before = out.size();
  if (!out.empty())
    out.push_back('\n');
  out += "{\"push\":";
  json_object push{out};
  auto named = true;
  if (channel.id > 0)
    push.number("\"id\":", channel.id);
  else
    named = push.text("\"channel\":", channel.channel);
  if (!named || !write_body(push.field(body_key))) {
    out.resize(before);
    return false;
  }
  push.close();
  out.push_back('}');
  return true;
}

bool append_json_info(channel_or_id channel, std::string_view body_key,
                      const ClientInfo& info, std::string& out) {
  return append_json_push(channel, body_key, out, [&](std::string& to) {
    to += "{\"info\":";
    if (!write_info(info, to))
      return false;
    to.push_back('}');
    return true;
  });
}

// -- Protobuf -----------------------------------------------------------------

using google::protobuf::io::CodedOutputStream;

// Tags: field number << 3 | wire type (0 varint, 2 length-delimited).
constexpr std::uint8_t reply_push = 4 << 3 | 2;
constexpr std::uint8_t push_id = 1 << 3 | 0;
constexpr std::uint8_t push_channel = 2 << 3 | 2;
constexpr std::uint8_t push_pub = 4 << 3 | 2;
constexpr std::uint8_t push_join = 5 << 3 | 2;
constexpr std::uint8_t push_leave = 6 << 3 | 2;
constexpr std::uint8_t join_info = 1 << 3 | 2;

/// The size of a field with a one-byte tag, its length and `size` bytes.
std::size_t delimited(std::size_t size) {
  return 1 + CodedOutputStream::VarintSize32(static_cast<std::uint32_t>(size))
         + size;
}

/// Writes into memory that was measured before.
struct protobuf_writer {
  std::uint8_t* at;

  void tag(std::uint8_t value) { *at++ = value; }

  void length(std::size_t value) {
    at = CodedOutputStream::WriteVarint32ToArray(
        static_cast<std::uint32_t>(value), at);
  }

  void open(std::uint8_t field, std::size_t size) {
    tag(field);
    length(size);
  }
};

/// Writes Reply{push: Push{<channel>, <field>: <field_size bytes>}} behind its
/// length; `write_body` writes those bytes.
template <class WriteBody>
bool append_protobuf_push(channel_or_id channel, std::uint8_t field,
                          std::size_t field_size, std::string& out,
                          WriteBody write_body) {
  auto by_id = channel.id > 0;
  auto id = static_cast<std::uint64_t>(channel.id);
  auto push_size = delimited(field_size);
  if (by_id)
    push_size += 1 + CodedOutputStream::VarintSize64(id);
  else if (!channel.channel.empty())
    push_size += delimited(channel.channel.size());
  auto reply_size = delimited(push_size);
  auto before = out.size();
  out.resize(before + delimited(reply_size) - 1);
  protobuf_writer to{reinterpret_cast<std::uint8_t*>(out.data() + before)};
  to.length(reply_size);
  to.open(reply_push, push_size);
  if (by_id) {
    to.tag(push_id);
    to.at = CodedOutputStream::WriteVarint64ToArray(id, to.at);
  } else if (!channel.channel.empty()) {
    to.open(push_channel, channel.channel.size());
    to.at = std::copy(channel.channel.begin(), channel.channel.end(), to.at);
  }
  to.open(field, field_size);
  write_body(to);
  return true;
}

bool append_protobuf_info(channel_or_id channel, std::uint8_t field,
                          const ClientInfo& info, std::string& out) {
  auto info_size = info.ByteSizeLong();
  return append_protobuf_push(
      channel, field, delimited(info_size), out, [&](protobuf_writer& to) {
        to.open(join_info, info_size);
        to.at = info.SerializeWithCachedSizesToArray(to.at);
      });
}

} // namespace

bool append_publication_push(wire_format format, channel_or_id channel,
                             const Publication& publication, std::string& out) {
  if (format == wire_format::json)
    return append_json_push(channel, "\"pub\":", out, [&](std::string& to) {
      return write_publication(publication, to);
    });
  return append_protobuf_push(
      channel, push_pub, publication.ByteSizeLong(), out,
      [&](protobuf_writer& to) {
        to.at = publication.SerializeWithCachedSizesToArray(to.at);
      });
}

bool append_join_push(wire_format format, channel_or_id channel,
                      const ClientInfo& info, std::string& out) {
  return format == wire_format::json
             ? append_json_info(channel, "\"join\":", info, out)
             : append_protobuf_info(channel, push_join, info, out);
}

bool append_leave_push(wire_format format, channel_or_id channel,
                       const ClientInfo& info, std::string& out) {
  return format == wire_format::json
             ? append_json_info(channel, "\"leave\":", info, out)
             : append_protobuf_info(channel, push_leave, info, out);
}

} // namespace proto
