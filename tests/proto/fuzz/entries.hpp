#pragma once

#include <string_view>

/// What the fuzzers call, and mutation_test.cpp too. Each aborts if a promise
/// of the codec is broken, whatever the input.
namespace proto::fuzz {

/// JSON commands: what was read can be written and reads back the same.
void command_json(std::string_view bytes);

/// Protobuf commands: what was read can be written and reads back the same.
void command_protobuf(std::string_view bytes);

/// A request of the server API, of each method.
void api_json(std::string_view bytes);

/// is_json agrees with simdjson's own validating parser, and what it accepts
/// stays the same JSON on one line.
void json_text(std::string_view bytes);

} // namespace proto::fuzz
