#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

// How JSON and what is wrong with it are called in error sentences.

namespace proto {

/// "a list", "a number" ...
std::string_view name_of(simdjson::ondemand::json_type type);

/// A clause on why the text is not JSON.
std::string_view explain(simdjson::error_code code);

/// Text from outside, as part of an error sentence: quoted and short.
std::string quoted(std::string_view text);

} // namespace proto
