#pragma once

#include "proto/link.pb.h"

#include <cstdint>
#include <string>

// What can be asked of nodes, and who answers: links, membership, the node
// agent, the users actor and coordinators pass requests on by this one table.

namespace actors {

enum class answerer : std::uint8_t {
  nobody,       ///< It is of a later version, or empty: refused.
  agent,        ///< The node agent, from what the node counts.
  users,        ///< The users actor, which knows every connection.
  connections,  ///< Those that it names, through the users actor.
  polling,      ///< The session that it names, through its lane.
  coordinators, ///< The one that leads, through the membership actor.
};

/// Whom a request to connections names: a user, one client, or both.
struct addressee {
  const std::string& user;
  const std::string& client;

  /// Nobody is not everybody.
  bool empty() const { return user.empty() && client.empty(); }
};

struct node_request_row {
  roost::link::NodeRequest::BodyCase body;
  answerer by;
  /// Of a request to connections; null for others.
  addressee (*named)(const roost::link::NodeRequest&) = nullptr;
};

template <auto Body>
addressee addressee_of(const roost::link::NodeRequest& request) {
  const auto& command = (request.*Body)();
  return {command.user(), command.client()};
}

inline constexpr node_request_row node_requests[] = {
    {roost::link::NodeRequest::kSubscribe, answerer::connections,
     addressee_of<&roost::link::NodeRequest::subscribe>},
    {roost::link::NodeRequest::kUnsubscribe, answerer::connections,
     addressee_of<&roost::link::NodeRequest::unsubscribe>},
    {roost::link::NodeRequest::kDisconnect, answerer::connections,
     addressee_of<&roost::link::NodeRequest::disconnect>},
    {roost::link::NodeRequest::kRefresh, answerer::connections,
     addressee_of<&roost::link::NodeRequest::refresh>},
    {roost::link::NodeRequest::kChannels, answerer::agent},
    {roost::link::NodeRequest::kInfo, answerer::agent},
    {roost::link::NodeRequest::kConnections, answerer::users},
    {roost::link::NodeRequest::kDrain, answerer::coordinators},
    {roost::link::NodeRequest::kEmulate, answerer::users},
    {roost::link::NodeRequest::kPoll, answerer::polling},
    {roost::link::NodeRequest::kUserPlaces, answerer::users},
};

/// The row of a request; one that is answered by nobody if there is none.
constexpr node_request_row row_of(roost::link::NodeRequest::BodyCase body) {
  for (const auto& row : node_requests)
    if (row.body == body)
      return row;
  return {body, answerer::nobody};
}

inline node_request_row row_of(const roost::link::NodeRequest& request) {
  return row_of(request.body_case());
}

} // namespace actors
