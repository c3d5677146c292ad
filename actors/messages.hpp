#pragma once

// The messages that pass from one folder of actors/ to another; those that stay
// within a folder stand there, with their actors. What may cross nodes is a
// Protobuf object of proto/link.proto, the same whether the receiver is near or
// far; CAF serialises nothing but what links say to each other
// (actors/cluster/link/link_messages.hpp).

#include "actors/room/view_reader.hpp"
#include "proto/client.pb.h"
#include "proto/link.pb.h"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace actors {

using publication_ptr = std::shared_ptr<const roost::client::Publication>;
using client_info_ptr = std::shared_ptr<const roost::client::ClientInfo>;

// -- anyone -> shard -> room; anyone -> link (for the shard of a peer) --------

/// A request to a room. Send it to the local shard actor of the room (see
/// room_directory), always with `caf::infinite`: a shard, room or link answers
/// every request with `room_answer`, errors and time-outs included.
/// Whoever receives it owns `request` and may change it.
struct ask_room {
  std::shared_ptr<roost::link::RoomRequest> request;
};

/// Answers `ask_room`. `reply->error()` holds a client error code.
struct room_answer {
  std::shared_ptr<roost::link::RoomReply> reply;
};

// -- room -> audience, room -> link -------------------------------------------

/// One thing that happened in a room. Exactly one pointer is set.
struct room_event {
  publication_ptr publication;
  client_info_ptr join;
  client_info_ptr leave;
  bool delta = false; ///< Of a publication: it may be sent as a delta.
};

/// What happened in a room since the last `room_events`, in order. Offsets of
/// publications follow each other without a hole. Shared, never changed.
struct room_events {
  std::string room;
  std::string epoch; ///< Empty for a room without history.
  std::vector<room_event> events;
  /// Events before these were dropped on the way: attach again.
  bool gap = false;
};

/// To an audience: hand these to your subscribers.
struct deliver_events {
  std::shared_ptr<const room_events> events;
};

/// To a link: hand these to the audiences of `lanes` (bit i: lane i) at the
/// peer.
struct deliver_remote {
  std::uint64_t lanes = 0;
  std::shared_ptr<const room_events> events;
};

// -- shard -> link -> shard of the peer ---------------------------------------

/// A request to a shard as a whole (a hand-over, replication); answered by
/// `shard_answer`.
struct ask_shard {
  std::shared_ptr<roost::link::ShardRequest> request;
};

struct shard_answer {
  std::shared_ptr<roost::link::ShardReply> reply;
};

using shard_requests = std::vector<std::shared_ptr<roost::link::ShardRequest>>;

/// From the courier of a lane to a link, and from the link at the other end to
/// the courier of the same shards: requests to copies that answer at once.
/// Answered by `shards_answer`, in the same order.
struct ask_shards {
  std::shared_ptr<const shard_requests> requests;
};

struct shards_answer {
  std::shared_ptr<roost::link::ShardReplies> replies;
};

// -- surveys: anyone -> membership -> every node ------------------------------

/// To a node_agent (this node's) or a link (the peer's); what coordinators
/// answer (node_requests.hpp) to the membership actor. Answered by
/// `node_answer`, always.
struct ask_node {
  std::shared_ptr<const roost::link::NodeRequest> request;
};

struct node_answer {
  std::shared_ptr<roost::link::NodeReply> reply;
};

/// To the membership actor: ask every node of the view. Answered by
/// `survey_result` when all have answered or failed; never late by more than
/// `cluster.request_timeout`.
struct survey {
  std::shared_ptr<const roost::link::NodeRequest> request;
};

struct survey_result {
  /// By node name; a node that could not be asked has an `error`.
  std::map<std::string, std::shared_ptr<roost::link::NodeReply>> replies;
};

// -- views: membership -> shards, audiences, node agent -----------------------

/// The view that holds now and the ways to its nodes. Shared, never changed.
struct cluster_view {
  std::shared_ptr<const roost::link::View> view;
  std::string self; ///< This node's name.
  /// Link actors by node name; without this node. A link that is down answers
  /// requests with a temporary error, so it can always be used.
  std::map<std::string, caf::actor> links;
  /// Members whose link is down.
  std::set<std::string> unreachable;

  view_reader read() const { return view_reader{*view}; }

  /// Null when it has none.
  const std::string* home_of(std::uint32_t shard) const {
    return read().home_of(shard);
  }

  bool is_member(const std::string& node) const {
    return read().is_member(node);
  }
};

/// Sent for each new view, and again when a link has come up or gone down.
struct view_changed {
  std::shared_ptr<const cluster_view> now;
};

/// To the membership actor: answers `view_changed`.
struct get_view {};

/// To an audience from the link or membership: the peer `node` is reachable
/// again after events may have been lost; attach again to rooms that it homes.
struct resynchronise {
  std::string node;
};

// -- shard -> membership ------------------------------------------------------

/// This node has taken (or given up waiting for) the rooms of `shard` in view
/// `view`; the coordinator may forget the donor.
struct shard_settled {
  std::uint32_t shard = 0;
  std::uint64_t view = 0;
};

/// What the home of a shard knows of its copies. Stands until the shard says
/// something else or a view has another term for it.
struct copies_report {
  std::shared_ptr<const roost::link::CopiesReport> report;
};

} // namespace actors

// Local only: these never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::ask_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::room_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::deliver_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::deliver_remote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::ask_shard)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::shard_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::ask_shards)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::shards_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::ask_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::node_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::survey)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::survey_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::view_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::get_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::resynchronise)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::shard_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::copies_report)
