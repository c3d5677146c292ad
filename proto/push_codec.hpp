#pragma once

#include "proto/client.pb.h"
#include "proto/wire_format.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// What fan-out sends: the same bytes as append_reply (proto/client_codec.hpp,
// with the same rules for `out` and for false), without building a Reply.

namespace proto {

/// Names the channel of a push: by `id` alone where that is above 0 (the
/// client agreed on numeric channel ids), else by `channel`.
struct channel_or_id {
  std::string_view channel;
  std::int64_t id = 0;
};

/// `publication` has no `prev_data`: that is not for clients.
bool append_publication_push(wire_format format, channel_or_id channel,
                             const roost::client::Publication& publication,
                             std::string& out);

bool append_join_push(wire_format format, channel_or_id channel,
                      const roost::client::ClientInfo& info, std::string& out);

bool append_leave_push(wire_format format, channel_or_id channel,
                       const roost::client::ClientInfo& info, std::string& out);

} // namespace proto
