#pragma once

#include "net/session/message_kind.hpp"
#include "net/websocket/deflate.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace net {

/// Close codes of RFC 6455, section 7.4.1, that a frame_reader knows.
enum class close_status : std::uint16_t {
  normal = 1000,
  protocol_error = 1002,
  none = 1005, ///< A close frame without a code; never sent.
  bad_payload = 1007,
  too_big = 1009,
};

/// Takes what a frame_reader finds; views are valid during the call.
class frame_sink {
public:
  /// A whole text or binary message. Returns whether to go on; what was read
  /// behind it waits for the next `read`.
  virtual bool on_message(std::string_view bytes, message_kind kind) = 0;

  virtual void on_ping(std::string_view payload) = 0;
  virtual void on_pong() = 0;

  /// The last call: nothing may follow a close frame.
  virtual void on_close(std::uint16_t code, std::string_view reason) = 0;

protected:
  ~frame_sink() = default;
};

/// Reads what a client sends on a WebSocket (RFC 6455, sections 5 to 8), with
/// permessage-deflate (RFC 7692) where it is told how. Strict: a frame that
/// breaks a rule ends it.
///
/// Takes bytes as they come, and holds none between two messages, since most
/// connections are silent most of the time.
class frame_reader {
public:
  /// What a client did wrong: the code to close with, and why, as a sentence.
  struct failure {
    close_status code;
    std::string_view why;
  };

  /// Messages may have `max_message` bytes.
  explicit frame_reader(std::size_t max_message) : max_message_(max_message) {}

  /// Messages may have as many bytes from now on.
  void allow(std::size_t max_message) { max_message_ = max_message; }

  /// Messages may be compressed from now on. `with` is shared by readers of one
  /// thread and outlives them.
  void inflate(inflater& with) { inflater_ = &with; }

  /// Takes the next bytes, which it unmasks in place. With none it goes on
  /// with what waits since `on_message` said to stop. After a failure or a
  /// close frame it ignores everything.
  std::optional<failure> read(std::span<char> bytes, frame_sink& sink);

private:
  struct unfinished {
    std::string frames;      ///< Raw; from the start of a frame.
    std::string message;     ///< Fragments, unmasked.
    std::size_t checked = 0; ///< Bytes of a text that are whole characters.
    bool fragmented = false;
    bool text = false;
    bool compressed = false;
  };

  struct frame {
    bool final = false;
    bool compressed = false; ///< It or, if it is the first, its message.
    std::uint8_t opcode = 0;
    std::size_t header = 0;
    std::size_t payload = 0;
  };

  /// What is wrong with the frame that `in` starts with, as far as it is here.
  std::optional<failure> parse(std::string_view in, frame& out) const;
  std::optional<failure> check_control(const frame& x) const;
  std::optional<failure> check_data(const frame& x) const;
  std::optional<failure> handle(const frame& x, std::string_view payload,
                                frame_sink& sink);
  std::optional<failure> handle_close(std::string_view payload,
                                      frame_sink& sink);
  std::optional<failure> handle_data(const frame& x, std::string_view payload,
                                     frame_sink& sink);
  std::optional<failure> add_fragment(const frame& x, std::string_view payload);
  std::optional<failure> take_apart(std::string_view compressed,
                                    std::string& out);
  unfinished& rest();
  void keep(std::string&& held, std::span<char> in);

  std::size_t max_message_;
  inflater* inflater_ = nullptr;
  std::unique_ptr<unfinished> rest_;
  bool stopped_ = false; // by the sink, until the next read
  bool ended_ = false;
};

/// A frame that a server sends by itself, with at most 125 bytes.
std::string pong_frame(std::string_view payload);
std::string ping_frame();

/// `reason` is cut to what fits, between two characters. Without a code when
/// `code` is close_status::none.
std::string close_frame(std::uint16_t code, std::string_view reason);

} // namespace net
