#pragma once

#include "proto/link.pb.h"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>

// Messages between connections, the users actor and the node agent of a node.

namespace actors {

/// Connection -> users: it serves `user` from now on (empty: anonymous). The
/// sender is the connection. Answered by `user_entered`.
struct enter_user {
  std::string user;
  /// Where its commands do not come on the socket that it reads: by which
  /// secret name they reach it.
  std::string session;
  std::string client;
  std::int64_t connected_ms = 0; ///< Unix time.
};

struct user_entered {
  /// False: a limit of the user was reached, here or in the cluster.
  bool admitted = false;
};

/// Connection -> users: the sender ends. Harmless without `enter_user`.
struct leave_user {
  std::string user;
  std::string session;
  std::string client;
};

/// To users: answers `users_counted`.
struct count_users {};

struct users_counted {
  std::uint32_t connections = 0;
  std::uint32_t users = 0; ///< Distinct; all anonymous ones are one.
};

/// Users -> connection: a command that names its user. Answered with true when
/// it concerned the connection.
struct user_command {
  std::shared_ptr<const roost::link::NodeRequest> request;
};

/// Users -> connection: commands that came beside its stream; answered with
/// true.
struct emulated_commands {
  std::shared_ptr<const roost::link::NodeRequest> request;
};

/// Users -> connection: answers `connection_described`.
struct describe_connection {};

struct connection_described {
  /// Never null; `node` is empty.
  std::shared_ptr<roost::link::Connection> connection;
};

} // namespace actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::enter_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::user_entered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::leave_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::count_users)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::users_counted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::user_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::emulated_commands)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::describe_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::connection_described)
