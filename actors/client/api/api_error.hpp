#pragma once

#include "proto/errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace actors {

/// What the server API says of an error code. The codes are those of the
/// client protocol; some messages differ.
std::string_view api_message(std::uint32_t code);

/// The HTTP status of an error when a caller asks for errors that way.
unsigned api_status(std::uint32_t code);

/// `{"code":...,"message":...}`; `message` fills in for codes of others.
std::string api_error_json(std::uint32_t code, std::string_view message = {});

/// The same for admins, who are told what is wrong: `message`, if there is one.
std::string admin_error_json(std::uint32_t code, std::string_view message);

} // namespace actors
