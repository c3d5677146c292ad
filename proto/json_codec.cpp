#include "proto/json_codec.hpp"

#include "proto/json_reader.hpp"
#include "proto/json_writer.hpp"

namespace proto {

std::optional<std::string> parse_json(std::string_view json,
                                      google::protobuf::Message& out,
                                      null_messages* nulls) {
  return read_json(json, out, nulls);
}

bool append_json(const google::protobuf::Message& message, std::string& out) {
  auto before = out.size();
  if (write_json(message, out))
    return true;
  out.resize(before);
  return false;
}

} // namespace proto
