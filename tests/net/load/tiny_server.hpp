#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace net::load {

/// A room server for the tests, on a thread of its own: speaks `raw`, and does
/// wrong what it is told to.
class tiny_server {
public:
  struct faults {
    int lose_every = 0;     ///< Every nth publication goes to nobody.
    int double_every = 0;   ///< Every nth goes out twice.
    int close_after = 0;    ///< Publications until all connections end.
    int pieces = 0;         ///< Bytes in one write; 0: all.
    bool refuses = false;   ///< Answers every subscription with an error.
    bool fragments = false; ///< Sends each message in two fragments.
    std::string upgrade_answer = ""; ///< In place of the right one.
  };

  explicit tiny_server(const faults& with);
  ~tiny_server();

  std::string url() const;

private:
  struct client {
    int fd = -1;
    bool upgraded = false;
    std::string in;
    std::string room;
  };

  void run();
  bool read(client& from);
  void hear(client& from, std::string_view message);
  void publish(const std::string& room, std::string_view data);
  void send(const client& to, std::string_view message);
  void write(int fd, std::string_view bytes) const;

  faults faults_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  int publications_ = 0;
  std::map<int, client> clients_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

} // namespace net::load
