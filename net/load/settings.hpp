#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace net::load {

/// What `roost load` was asked for; each scenario reads its own part.
struct settings {
  std::string scenario;

  // The server.
  std::string url = "ws://127.0.0.1:8000";
  std::string protocol = "roost";
  std::string format = "json";
  std::string transport = "websocket"; ///< Of those who only subscribe.
  bool deflate = false;
  bool delta = false;
  std::size_t filters = 0; ///< How many there are; 0: nobody has one.
  std::string token;
  std::string token_secret;
  std::vector<pid_t> server_pids;

  // The load.
  std::string room = "load:room";
  std::size_t size = 128;
  std::string payload = "letters";
  double seconds = 5;
  double warmup = 1;
  std::size_t opening = 64; ///< Connections being opened at once.
  double rate = 0;          ///< A second; 0: as many as can be.

  // broadcast
  std::size_t subscribers = 1000;
  std::size_t publishers = 1;
  double deliveries = 0; ///< The rate as deliveries a second.
  /// Where publishers connect, or post by the server API; empty: to `url`.
  std::string publish_url;
  std::string api_key; ///< Of the server API.

  // broadcast and rooms, in search of saturation
  double start_rate = 0; ///< 0: 50,000 deliveries a second.
  double max_loss = 0.01;
  double max_p99_ms = 100;
  double precision = 0.05;
  int tries = 2; ///< A rate is too much when it was so often in a row.

  // rooms
  std::size_t rooms = 100;
  std::size_t members = 20;

  // idle, connect and api: into how many rooms they subscribe or publish
  std::size_t connections = 1000;
  std::size_t spread = 1;

  // echo
  std::size_t clients = 100;

  // api
  std::size_t batch = 1;
  bool parallel = false;

  // self
  std::size_t frames = 16; ///< In one write of the sink.
  int sink_core = -1;

  // The report.
  bool json = false;
  bool quiet = false;

  bool spin = false; ///< Poll, never sleep.
};

/// Whether those who publish are backends, not clients.
inline bool publishes_by_api(const settings& given) {
  return given.publish_url.starts_with("http://");
}

} // namespace net::load
