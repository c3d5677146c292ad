#pragma once

// Messages inside actors/cluster, and what the node asks of membership.

#include "actors/cluster/peer_socket.hpp"
#include "actors/messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <string>

namespace actors {

// -- node -> membership -------------------------------------------------------

/// To the membership actor: hand over all shards, but stay in the view for the
/// clients that are still here. Answered by `left`, after
/// `cluster.hand_over_timeout` at the latest.
struct begin_leaving {};

/// To the membership actor: leave the view. Answered by `left` once a view
/// without this node is there, or after `failure_timeout`.
struct leave_view {};

struct left {
  /// Whether everything was handed over; otherwise rooms are lost.
  bool complete = false;
};

// -- transport -> membership --------------------------------------------------

/// A peer has proved itself.
struct peer_connected {
  std::shared_ptr<peer_socket> socket;
};

/// Dialling `address` has failed.
struct dial_failed {
  std::string address;
  std::string why;
};

/// Whether somebody listens where the member `node` does or did.
struct peer_probed {
  std::string node;
  std::string incarnation;
  bool closed = false;
};

// -- membership -> coordinator ------------------------------------------------

/// The process of that member has ended.
struct peer_gone {
  std::string node;
  std::string incarnation;
};

// -- link <-> membership and coordinator --------------------------------------

/// A frame that is neither a request nor a reply (join, view, heartbeat,
/// leave ...), on its way out (to a link) or in (link -> membership).
struct control_frame {
  std::string peer; ///< Name of the node at the other end.
  std::shared_ptr<const roost::link::LinkFrame> frame;
};

/// Link -> membership: the link came up (or up again), or went down.
struct link_state {
  std::string peer;
  std::string incarnation;
  bool up = false;
  std::string why; ///< When it went down.
};

// -- membership -> link -------------------------------------------------------

/// Use this connection, unless the one you have is alive.
struct use_connection {
  std::shared_ptr<peer_socket> socket;
};

// -- coordinator <-> membership -----------------------------------------------

/// Send `frame` to `node`, which may be this one.
struct send_control {
  std::string node;
  std::shared_ptr<const roost::link::LinkFrame> frame;
};

/// Send `bytes` to the coordinator that advertises `to`, if it is linked.
struct send_raft {
  std::string to;
  std::string bytes;
};

/// To the membership actor: ask the coordinator that advertises `to`. Answered
/// by `node_answer`, always.
struct ask_coordinator {
  std::string to;
  std::shared_ptr<const roost::link::NodeRequest> request;
};

/// The coordinator that advertises `from` sent this (LinkFrame.raft).
struct raft_received {
  std::string from;
  std::shared_ptr<const roost::link::LinkFrame> frame;
};

} // namespace actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::begin_leaving)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::leave_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::peer_connected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::dial_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::peer_probed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::peer_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::control_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::link_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::use_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::send_control)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::send_raft)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::ask_coordinator)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::raft_received)
