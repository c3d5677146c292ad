#pragma once

// What the link actors of two nodes say to each other: the only messages that
// CAF serialises. A link_batch carries frames of proto/link.proto.

#include <caf/actor.hpp>
#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

namespace actors {

/// First on a new connection, from the dialling side: where to send batches.
struct link_hello {
  std::uint64_t epoch = 0; ///< Names this connection; later ones are greater.
  std::string node;
  std::string incarnation;
  caf::actor batches; ///< Takes link_batch.
  caf::actor acks;    ///< Takes link_ack: the small actor that gives priority.
};

/// Answers `link_hello` with the same of the accepting side.
struct link_welcome {
  std::uint64_t epoch = 0;
  std::string node;
  std::string incarnation;
  caf::actor batches;
  caf::actor acks;
};

/// At most 64 KiB of the stream of LinkFrames, each prefixed by its length as
/// a varint; a frame may span batches.
struct link_batch {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0; ///< 0, 1, 2 ... within the epoch.
  std::string bytes;
  std::uint64_t acked = 0; ///< So many batches from the receiver were handled.
};

struct link_ack {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0; ///< Every batch up to this one was handled.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_hello& x) {
  return f(caf::meta::type_name("roost::link_hello"), x.epoch, x.node,
           x.incarnation, x.batches, x.acks);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_welcome& x) {
  return f(caf::meta::type_name("roost::link_welcome"), x.epoch, x.node,
           x.incarnation, x.batches, x.acks);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_batch& x) {
  return f(caf::meta::type_name("roost::link_batch"), x.epoch, x.seq, x.bytes,
           x.acked);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_ack& x) {
  return f(caf::meta::type_name("roost::link_ack"), x.epoch, x.seq);
}

/// Registers what CAF serialises; the names are part of the wire contract.
/// Call with an actor_system_config.
template <class Config>
void add_message_types(Config& cfg) {
  cfg.template add_message_type<link_hello>("roost::link_hello");
  cfg.template add_message_type<link_welcome>("roost::link_welcome");
  cfg.template add_message_type<link_batch>("roost::link_batch");
  cfg.template add_message_type<link_ack>("roost::link_ack");
}

} // namespace actors
