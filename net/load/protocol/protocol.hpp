#pragma once

#include "net/load/delta_reader.hpp"
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
  bool asks = false;       ///< Wants its own messages back (echo).
  std::string token = {};  ///< Proves who it is; empty: nothing does.
  bool delta = false;      ///< Wants deltas.
  std::string filter = {}; ///< On tags, in JSON; empty: none.
};

/// What a protocol remembers of one connection.
struct conversation {
  std::string rest;            ///< The start of a message that is not whole.
  std::uint32_t hint = 0;      ///< Where payloads start, see find_payload.
  std::uint32_t next_id = 100; ///< Of requests; lower ones open connections.
  bool ready = false;
  shared_text base; ///< The payload before, with deltas.
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

/// A way to talk to a server over WebSocket or a stream, from the client's
/// side. Knows no sockets: messages in, messages out.
class protocol {
public:
  virtual ~protocol() = default;

  /// Whether it is a stream over HTTP. `request` begins one, and the client
  /// says nothing more.
  virtual bool streams() const { return false; }

  virtual std::string request(std::string_view /*host*/,
                              std::string_view /*path*/, const role&) const {
    return {};
  }

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
std::unique_ptr<protocol> make_roost_stream(bool events);
std::unique_ptr<protocol> make_nats();
std::unique_ptr<protocol> make_nchan();
std::unique_ptr<protocol> make_raw();
std::unique_ptr<protocol> make_socketio();

/// By name; throws usage_error.
std::unique_ptr<protocol> make_protocol(std::string_view name,
                                        std::string_view format);

/// The commands that set a connection of Roost up, in JSON.
std::string roost_opening(const role& as);

/// What a stranger wrote, short and fit for a terminal.
std::string quote(std::string_view text);

/// `text` as a JSON string with its quotes. Throws usage_error when it is not
/// UTF-8.
std::string json_string(std::string_view text);

} // namespace net::load
