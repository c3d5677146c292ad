#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace google::protobuf {
class Message;
}

namespace proto {

/// Messages that JSON said null for.
using null_messages = std::unordered_set<const google::protobuf::Message*>;

/// How deep JSON from outside may nest; deeper is refused.
inline constexpr std::size_t max_json_depth = 256;

/// Reads one JSON object into `out`, which is cleared first. On failure
/// returns a sentence that names the field and what was wrong with it, such as
/// `field "publish.channel" must be a string, found a number`; `out` then
/// holds anything.
///
/// Names are those of the .proto file, unknown ones are ignored, the last of
/// equal ones wins, and null means absent (inside a list or map: the zero
/// value). `bytes` fields take any JSON value and keep its text without
/// insignificant whitespace. See proto/options.proto for the exceptions.
///
/// `nulls`, if there is one, gets the messages of lists that stand there as
/// null, for those to whom {} is something else.
std::optional<std::string> parse_json(std::string_view json,
                                      google::protobuf::Message& out,
                                      null_messages* nulls = nullptr);

/// Appends `message` as one line of JSON: fields in the order of the .proto
/// file, zero values left out, maps sorted by key. Returns false, with `out`
/// as before, if a string is not UTF-8: this message cannot be said in JSON. A
/// `bytes` field that does not hold JSON becomes a base64 string.
bool append_json(const google::protobuf::Message& message, std::string& out);

/// Whether `text` is exactly one valid JSON value (UTF-8, no deeper than
/// max_json_depth), so that it can be embedded in a message to a JSON client.
bool is_json(std::string_view text) noexcept;

} // namespace proto
