#pragma once

#include "proto/client.pb.h"
#include "proto/wire_format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

// What the benchmarks work on: 128 bytes of JSON, as in docs/benchmarks.md.

/// The payload of a publication.
std::string sample_data();

roost::client::Publication sample_publication(std::uint64_t offset);

/// A message with `count` publish commands, as a client sends it.
std::string sample_commands(proto::wire_format format, std::size_t count);

/// The format that argument `x` of a benchmark stands for: 0 is JSON.
inline proto::wire_format format_of(std::int64_t x) {
  return x == 0 ? proto::wire_format::json : proto::wire_format::protobuf;
}
