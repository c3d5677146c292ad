#pragma once

#include "actors/room/requests.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// Requests to rooms in one line each.
namespace room_test {

using request_ptr = std::shared_ptr<roost::link::RoomRequest>;

inline roost::client::ClientInfo client(const std::string& id,
                                        const std::string& user = "user") {
  roost::client::ClientInfo info;
  info.set_client(id);
  info.set_user(user);
  return info;
}

inline request_ptr publish(const std::string& room, const std::string& data) {
  auto request = actors::request_to(room);
  request->mutable_publish()->set_data(data);
  return request;
}

struct position {
  std::string epoch;
  std::uint64_t offset = 0;
  bool operator==(const position&) const = default;
};

inline request_ptr attach(const std::string& room, std::uint32_t lane = 0,
                          std::optional<position> since = {}) {
  auto request = actors::request_to(room);
  auto& body = *request->mutable_attach();
  body.set_lane(lane);
  if (since) {
    body.mutable_since()->set_epoch(since->epoch);
    body.mutable_since()->set_offset(since->offset);
  }
  return request;
}

inline request_ptr detach(const std::string& room, std::uint32_t lane = 0) {
  auto request = actors::request_to(room);
  request->mutable_detach()->set_lane(lane);
  return request;
}

inline request_ptr history(const std::string& room, std::int32_t limit,
                           std::optional<position> since = {}) {
  auto request = actors::request_to(room);
  auto& body = *request->mutable_history();
  body.set_limit(limit);
  if (since) {
    body.mutable_since()->set_epoch(since->epoch);
    body.mutable_since()->set_offset(since->offset);
  }
  return request;
}

inline request_ptr arrive(const std::string& room, const std::string& id,
                          bool announce = true,
                          const std::string& user = "user") {
  auto request = actors::request_to(room);
  auto& body = *request->mutable_arrive();
  *body.mutable_info() = client(id, user);
  body.set_presence(true);
  body.set_announce(announce);
  return request;
}

inline request_ptr depart(const std::string& room, const std::string& id,
                          bool announce = true) {
  auto request = actors::request_to(room);
  *request->mutable_depart()->mutable_info() = client(id);
  request->mutable_depart()->set_announce(announce);
  return request;
}

inline request_ptr presence(const std::string& room) {
  auto request = actors::request_to(room);
  request->mutable_presence();
  return request;
}

inline request_ptr presence_stats(const std::string& room) {
  auto request = actors::request_to(room);
  request->mutable_presence_stats();
  return request;
}

inline request_ptr room_info(const std::string& room) {
  auto request = actors::request_to(room);
  request->mutable_room_info();
  return request;
}

/// The request as if `node` had sent it over its link.
inline request_ptr from(const std::string& node, request_ptr request,
                        std::uint64_t view = 1, std::uint32_t hops = 1) {
  request->set_origin(node);
  request->set_view(view);
  request->set_hops(hops);
  return request;
}

} // namespace room_test
