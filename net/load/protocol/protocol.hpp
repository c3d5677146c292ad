#pragma once

#include "net/load/payload.hpp"
#include "net/load/websocket.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace net::load {

/// What one connection is there for.
struct role {
  std::string room = {};   ///< Which room; empty: none.
  bool subscribes = false; ///< Gets what is published there.
  bool publishes = false;
  bool asks = false;      ///< Wants its own messages back (echo).
  std::string token = {}; ///< Proves who it is; empty: nothing does.
};

/// What a protocol remembers of one connection.
struct conversation {
  std::string rest;            ///< The start of a message that is not whole.
  std::uint32_t hint = 0;      ///< Where payloads start, see find_payload.
  std::uint32_t next_id = 100; ///< Of requests; lower ones open connections.
  bool ready = false;
};

/// How a protocol tells what a server said.
class hearing {
public:
  /// A payload came, readable up to its stamp's end.
  virtual void delivered(const char* payload) = 0;

  /// The connection is set up, its subscription included.
  virtual void ready() = 0;

  /// The server said no; the sentence goes on after "the server".
  virtual void refused(std::string why) = 0;

  /// A message to answer with.
  virtual void say(std::string_view message) = 0;

protected:
  ~hearing() = default;
};

/// A way to talk to a server over WebSocket, from the client's side. Knows no
/// sockets: messages in, messages out.
class protocol {
public:
  virtual ~protocol() = default;

  virtual opcode kind() const { return opcode::text; }

  virtual std::string_view subprotocol() const { return {}; }

  /// Where a connection with this role goes, under the target's `path`.
  virtual std::string path(const std::string& base, const role&) const {
    return base;
  }

  /// The path where the target's URL has none.
  virtual std::string_view default_path() const = 0;

  /// The WebSocket is open: says what sets the connection up.
  virtual void open(conversation&, const role&, hearing&) const = 0;

  /// Takes one message of the server, which may also be any piece of a stream
  /// where the protocol is one.
  virtual void read(conversation&, const role&, std::string_view message,
                    hearing&) const = 0;

  /// Makes a publication of `payload` in the room of the role.
  virtual void publish(conversation&, const role&, std::string_view payload,
                       std::string& message) const = 0;

  /// Makes a request whose answer holds `payload` again.
  virtual void ask(conversation& talk, const role& as, std::string_view payload,
                   std::string& message) const {
    publish(talk, as, payload, message);
  }

  /// Whether `ask` needs a room of its own that it is subscribed to.
  virtual bool asks_by_room() const { return true; }
};

std::unique_ptr<protocol> make_roost_json();
std::unique_ptr<protocol> make_roost_protobuf();
std::unique_ptr<protocol> make_nats();
std::unique_ptr<protocol> make_nchan();
std::unique_ptr<protocol> make_raw();
std::unique_ptr<protocol> make_socketio();

/// By name; throws usage_error.
std::unique_ptr<protocol> make_protocol(std::string_view name,
                                        std::string_view format);

/// What a stranger wrote, short and fit for a terminal.
std::string quote(std::string_view text);

/// `text` as a JSON string with its quotes. Throws usage_error when it is not
/// UTF-8.
std::string json_string(std::string_view text);

} // namespace net::load
