#include "tests/fuzz/targets.hpp"

namespace fuzz {

std::span<const target> targets() {
  static constexpr target all[] = {
      {"command_json", command_json},
      {"command_protobuf", command_protobuf},
      {"api_json", api_json},
      {"admin_json", admin_json},
      {"json_text", json_text},
      {"token", token},
      {"websocket_frames", websocket_frames},
      {"upgrade", upgrade},
      {"http_request", http_request},
      {"poll_request", poll_request},
      {"peer_handshake", peer_handshake},
      {"link_frames", link_frames},
      {"raft_frame", raft_frame},
      {"config_text", config_text},
  };
  return all;
}

} // namespace fuzz
