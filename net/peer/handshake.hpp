#pragma once

#include "actors/cluster/peer_transport.hpp"
#include "net/peer/handshake_frame.hpp"
#include "net/peer/refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost::link {
class Handshake;
} // namespace roost::link

namespace net::peer {

/// Which side of a connection a node is.
enum class role { dialler, acceptor };

/// True for 1 to 255 printable ASCII characters: what a node may say about
/// itself, so that nobody forges log lines.
bool is_plain_text(std::string_view text);

/// What a node says and demands in a handshake.
struct handshake_terms {
  actors::peer_identity self;
  std::string cluster;
  std::string secret;
  std::uint16_t version = protocol_version;
};

/// One side of the handshake of proto/handshake.proto, without any socket:
/// frames in, frames out.
///
/// Both sides prove the secret. A MAC covers the role of who made it, both
/// Hello frames with their fresh nonces, and the TLS channel: a recorded or
/// reflected message, or one carried over from another channel, proves
/// nothing. The dialler proves first, so that a stranger who dials gets no MAC
/// to try passwords on.
class handshake {
public:
  /// `channel` binds the proofs to a TLS connection; empty without TLS. Both
  /// sides must give the same. `terms` must outlive the handshake.
  handshake(role side, const handshake_terms& terms, std::string channel = {});

  /// What to do next. A reply is to be sent also when done or refused.
  struct step {
    std::string reply;
    bool done = false;
    std::optional<refusal> refused;
  };

  /// The dialler's first frame; empty for the acceptor.
  std::string start();

  /// Takes the next frame of the other side. Not to be called after a step
  /// that was done or refused.
  step receive(frame_header header, std::string_view body);

  /// Who the other side is; proved once a step was done.
  const actors::peer_identity& peer() const { return peer_; }

private:
  enum class state { hello_due, proof_due };

  using message = roost::link::Handshake;

  step on_hello(const message& content, std::string_view body);
  step on_proof(const message& content);
  step refuse(refusal_reason reason, std::string why) const;
  step refused_by_peer(const message& content, std::uint16_t version) const;
  std::string mismatch(std::uint16_t version) const;
  std::string make_hello();
  std::string make_proof() const;
  std::string expected_mac(role of) const;

  const role side_;
  const handshake_terms& terms_;
  const std::string channel_;
  state state_ = state::hello_due;
  actors::peer_identity peer_;
  std::string my_nonce_;
  std::string my_hello_;
  std::string their_hello_;
};

} // namespace net::peer
