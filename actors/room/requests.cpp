#include "actors/room/requests.hpp"

namespace actors {

shard_answer shard_done() {
  auto reply = std::make_shared<roost::link::ShardReply>();
  reply->mutable_done();
  return {std::move(reply)};
}

shard_answer shard_refused(proto::errc code) {
  return {std::make_shared<roost::link::ShardReply>(
      error_reply<roost::link::ShardReply>(code))};
}

node_answer node_refused(proto::errc code, std::string_view why) {
  return {std::make_shared<roost::link::NodeReply>(
      error_reply<roost::link::NodeReply>(code, why))};
}

node_answer no_answer(std::string_view why) {
  return node_refused(proto::errc::internal, why);
}

node_answer unknown_request() {
  return node_refused(proto::errc::method_not_found,
                      "nobody here answers this request");
}

room_answer refused(proto::errc code, std::string_view why) {
  return {std::make_shared<roost::link::RoomReply>(
      error_reply<roost::link::RoomReply>(
          code, why.empty() ? proto::message(code) : why))};
}

room_answer accepted() {
  auto reply = std::make_shared<roost::link::RoomReply>();
  reply->mutable_done();
  return {std::move(reply)};
}

proto::errc error_of(const room_answer& answer) {
  return proto::errc_of(answer.reply->error().code())
      .value_or(proto::errc::internal);
}

std::shared_ptr<roost::link::RoomRequest> request_to(std::string_view room) {
  auto request = std::make_shared<roost::link::RoomRequest>();
  request->set_room(std::string{room});
  return request;
}

} // namespace actors
