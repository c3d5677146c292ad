#pragma once

#include "actors/messages.hpp"
#include "proto/errors.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace actors {

/// An answer that refuses: `code`, and a sentence for the log of who asked.
room_answer refused(proto::errc code, std::string_view why = {});

/// An answer that says only that it is done.
room_answer accepted();

/// The error of an answer, if it is one.
inline bool is_error(const room_answer& answer) {
  return answer.reply->has_error();
}

/// The client error of an answer that has one; what no client knows is
/// errc::internal.
proto::errc error_of(const room_answer& answer);

/// A request to `room` without body.
std::shared_ptr<roost::link::RoomRequest> request_to(std::string_view room);

} // namespace actors
