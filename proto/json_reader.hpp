#pragma once

#include "proto/json_codec.hpp"

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

namespace proto {

/// The reading half of proto/json_codec.hpp.
std::optional<std::string> read_json(std::string_view json,
                                     google::protobuf::Message& out,
                                     null_messages* nulls);

} // namespace proto
