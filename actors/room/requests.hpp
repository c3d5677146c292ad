#pragma once

#include "actors/messages.hpp"
#include "proto/errors.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace actors {

/// A reply of any kind (RoomReply, NodeReply ...) that is an error.
template <class Reply>
Reply error_reply(std::uint32_t code, std::string_view why = {}) {
  Reply reply;
  reply.mutable_error()->set_code(code);
  reply.mutable_error()->set_message(std::string{why});
  return reply;
}

template <class Reply>
Reply error_reply(proto::errc code, std::string_view why = {}) {
  return error_reply<Reply>(static_cast<std::uint32_t>(code), why);
}

/// The answers of a shard to another: it is done, or refused.
shard_answer shard_done();
shard_answer shard_refused(proto::errc code);

/// The answer of a node that refuses: `code`, and a sentence for who asked.
node_answer node_refused(proto::errc code, std::string_view why);

/// Says why nobody can answer, now or here: errc::internal.
node_answer no_answer(std::string_view why);

/// Answers a request that is not for who got it: of a later version, mostly.
node_answer unknown_request();

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
