#pragma once

#include "actors/raft/raft_engine/raft_engine.hpp"

#include <cstddef>
#include <string_view>

namespace actors {

/// Between the library's structs, whose memory is its own, and ours.

/// A copy that the library may free. Never null, also when it is empty.
raft_buffer to_buffer(std::string_view bytes);

/// `group` as the library knows it.
raft_configuration to_configuration(const raft_group& group);

/// The entry with which the log of every member begins.
stored_entry configuration_entry(const raft_group& group);

/// An entry of the library's log. Good for as long as `entry` is.
entry_view to_view(const raft_entry& entry);

/// What the library takes in and owns from then on.
raft_message to_message(const roost::raft::RaftFrame& frame,
                        const raft_group& group, const raft_member& from);

/// All but who sends it to whom. Entries beyond `max_append_bytes` stay out;
/// one always goes.
roost::raft::RaftFrame to_frame(const raft_message& message,
                                std::size_t max_append_bytes);

void bind_raft_io(raft_engine& engine, raft_io& io);
void bind_raft_fsm(raft_engine& engine, raft_fsm& fsm);

} // namespace actors
