#include "net/load/protocol/protocol.hpp"

// Nchan: the room is in the path, and every message is a publication.
//
// It answers a publication over WebSocket with a text of its own, which holds
// no payload.

namespace net::load {

namespace {

class nchan final : public protocol {
public:
  std::string_view default_path() const override { return ""; }

  std::string path(const std::string& base, const role& as) const override {
    if (as.asks || (as.subscribes && as.publishes))
      return base + "/pubsub/" + as.room;
    return base + (as.publishes ? "/pub/" : "/sub/") + as.room;
  }

  void open(conversation&, const role&, hearing& out) const override {
    out.ready();
  }

  void read(conversation& talk, const role&, std::string_view message,
            hearing& out) const override {
    if (auto payload = find_payload(message, talk.hint))
      out.delivered(payload);
  }

  void publish(conversation&, const role&, std::string_view payload,
               std::string& message) const override {
    message += payload;
  }
};

} // namespace

std::unique_ptr<protocol> make_nchan() {
  return std::make_unique<nchan>();
}

} // namespace net::load
