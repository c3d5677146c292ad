#include "proto/client_codec.hpp"

#include "proto/json_codec.hpp"
#include "proto/text_watch.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <limits>
#include <optional>
#include <utility>

namespace proto {

namespace {

using google::protobuf::io::CodedOutputStream;
using roost::client::Command;
using roost::client::Reply;

/// Takes a length of at most 32 bits off the front of `bytes`; nothing if it
/// is cut off or longer.
std::optional<std::uint32_t> take_length(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 5; ++i) {
    auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if (byte < 0x80) {
      if (value > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
      bytes.remove_prefix(i + 1);
      return static_cast<std::uint32_t>(value);
    }
  }
  return std::nullopt;
}

bool append_protobuf(const Reply& reply, std::string& out) {
  auto size = reply.ByteSizeLong();
  if (size > std::numeric_limits<std::int32_t>::max())
    return false;
  auto before = out.size();
  auto length = static_cast<std::uint32_t>(size);
  out.resize(before + CodedOutputStream::VarintSize32(length) + size);
  auto* at = reinterpret_cast<std::uint8_t*>(out.data() + before);
  at = CodedOutputStream::WriteVarint32ToArray(length, at);
  reply.SerializeWithCachedSizesToArray(at);
  return true;
}

} // namespace

command_reader::status command_reader::next(Command& out) {
  if (!reason_.empty())
    return status::malformed;
  if (rest_.empty())
    return std::exchange(any_, true) ? status::end
                                     : fail("the message holds no command");
  any_ = true;
  return format_ == wire_format::json ? next_json(out) : next_protobuf(out);
}

command_reader::status command_reader::next_json(Command& out) {
  auto line = rest_.substr(0, rest_.find('\n'));
  rest_.remove_prefix(line.size() + (line.size() < rest_.size() ? 1 : 0));
  if (line.empty())
    return fail("an empty line is no command");
  if (line.size() > max_command_bytes_)
    return fail("a command of " + std::to_string(line.size())
                + " bytes is over the limit of "
                + std::to_string(max_command_bytes_));
  if (auto error = parse_json(line, out))
    return fail(std::move(*error));
  return status::ok;
}

command_reader::status command_reader::next_protobuf(Command& out) {
  auto length = take_length(rest_);
  if (!length)
    return fail("the length of a command is cut off or too long");
  if (*length > max_command_bytes_
      || *length > std::numeric_limits<std::int32_t>::max())
    return fail("a command of " + std::to_string(*length)
                + " bytes is over the limit of "
                + std::to_string(max_command_bytes_));
  if (*length > rest_.size())
    return fail("a command is said to have " + std::to_string(*length)
                + " bytes, but " + std::to_string(rest_.size()) + " follow");
  const text_watch quiet;
  if (!out.ParseFromArray(rest_.data(), static_cast<int>(*length)))
    return fail("a command is not the Protobuf message it should be");
  rest_.remove_prefix(*length);
  return status::ok;
}

command_reader::status command_reader::fail(std::string reason) {
  reason_ = std::move(reason);
  rest_ = {};
  return status::malformed;
}

bool append_reply(wire_format format, const Reply& reply, std::string& out) {
  if (format == wire_format::protobuf)
    return append_protobuf(reply, out);
  auto before = out.size();
  if (!out.empty())
    out.push_back('\n');
  if (append_json(reply, out))
    return true;
  out.resize(before);
  return false;
}

void append_ping(wire_format format, std::string& out) {
  if (format == wire_format::protobuf)
    return out.push_back('\0');
  if (!out.empty())
    out.push_back('\n');
  out += "{}";
}

} // namespace proto
