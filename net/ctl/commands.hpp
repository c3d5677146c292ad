#pragma once

#include "net/ctl/admin_client.hpp"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace net {

/// What a command of `roost ctl` needs. Results go to `out`, as a table or, if
/// `json`, as the result object on one line; notes about them go to `err`.
struct ctl_context {
  const admin_client& coordinator;
  bool json = false;
  std::ostream& out;
  std::ostream& err;
};

// Each answers the exit code, or throws `ctl_error`.

ctl_exit list_nodes(const ctl_context& context);

/// Rooms whose names match the glob `pattern`; all if it is empty.
ctl_exit list_rooms(const ctl_context& context, const std::string& pattern);

ctl_exit show_room(const ctl_context& context, const std::string& name);

/// Connections of `user`; all if it is empty.
ctl_exit list_connections(const ctl_context& context, const std::string& user);

/// `data` is JSON.
ctl_exit publish(const ctl_context& context, const std::string& room,
                 const std::string& data);

struct disconnect_options {
  std::string user;
  /// The one connection to end; empty: all of the user's.
  std::string client;
  /// 0: the coordinator's default.
  std::uint32_t code = 0;
  std::string reason;
};

ctl_exit disconnect(const ctl_context& context,
                    const disconnect_options& options);

struct drain_options {
  std::string node;
  bool undo = false;
  /// Zero does not wait.
  std::chrono::milliseconds wait{60'000};
};

/// Has a node's shards moved away, and waits until it holds none.
ctl_exit drain(const ctl_context& context, const drain_options& options);

/// With `shards`, every shard with its home and copies, else how many each node
/// has.
ctl_exit show_view(const ctl_context& context, bool shards);

} // namespace net
