#include "tests/fuzz/targets.hpp"

namespace fuzz {

std::span<const target> targets() {
  static constexpr target all[] = {
      {"command_json", command_json},
      {"command_protobuf", command_protobuf},
      {"api_json", api_json},
      {"admin_json", admin_json},
      {"emulation_json", emulation_json},
      {"emulation_protobuf", emulation_protobuf},
      {"connect_command", connect_command},
      {"tags_filter", tags_filter_json},
      {"fossil_delta", fossil_delta},
      {"fossil_apply", fossil_apply},
      {"json_text", json_text},
      {"token", token},
      {"websocket_frames", websocket_frames},
      {"upgrade", upgrade},
      {"deflate_offers", deflate_offers},
      {"inflate", inflate},
      {"deflate", deflate},
      {"proxy_header", proxy_header},
      {"client_address", client_address},
      {"ip_network", ip_network},
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
