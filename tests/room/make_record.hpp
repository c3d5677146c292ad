#pragma once

#include "actors/room/replication/room_record.hpp"

#include <cstdint>
#include <memory>
#include <string>

// Records and answers of replication in one line each.
namespace room_test {

inline actors::room_record published(const std::string& room,
                                     std::uint64_t offset,
                                     const std::string& data = "data") {
  actors::room_record result;
  result.what = actors::room_record::kind::published;
  result.room = room;
  result.epoch = "epoch";
  auto made = std::make_shared<roost::client::Publication>();
  made->set_data(data);
  made->set_offset(offset);
  result.publication = std::move(made);
  result.at = actors::unix_time{std::chrono::seconds{1'000}};
  return result;
}

inline actors::room_record change(actors::room_record::kind what,
                                  const std::string& room) {
  actors::room_record result;
  result.what = what;
  result.room = room;
  result.epoch = "epoch";
  return result;
}

inline actors::room_record started(const std::string& room) {
  return change(actors::room_record::kind::started, room);
}

inline roost::link::ShardReply has(std::uint64_t number) {
  roost::link::ShardReply result;
  result.mutable_replicated()->set_has(number);
  return result;
}

inline roost::link::ShardReply done() {
  roost::link::ShardReply result;
  result.mutable_done();
  return result;
}

inline roost::link::ShardReply failed() {
  roost::link::ShardReply result;
  result.mutable_error()->set_code(100);
  return result;
}

} // namespace room_test
