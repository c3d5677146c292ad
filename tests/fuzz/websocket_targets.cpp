#include "net/websocket/frame_reader.hpp"
#include "net/websocket/upgrade.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/simple_frame_reader.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace fuzz {

namespace {

/// So small that the fuzzer gets over it.
constexpr std::size_t max_message = 300;

/// Writes down what a reader says; goes on after a message, or never by itself.
class recorder final : public net::frame_sink {
public:
  explicit recorder(bool goes_on) : goes_on_(goes_on) {}

  bool on_message(std::string_view bytes, net::message_kind) override {
    events.push_back("message " + std::string{bytes});
    return goes_on_;
  }

  void on_ping(std::string_view payload) override {
    events.push_back("ping " + std::string{payload});
  }

  void on_pong() override {}

  void on_close(std::uint16_t code, std::string_view reason) override {
    events.push_back("close " + std::to_string(code) + ' '
                     + std::string{reason});
  }

  std::vector<std::string> events;

private:
  bool goes_on_;
};

/// What the reader finds in `bytes`, given so many at a time.
std::vector<std::string> read(std::string bytes, std::size_t step,
                              bool goes_on) {
  net::frame_reader reader{max_message};
  recorder sink{goes_on};
  std::span<char> rest{bytes};
  while (true) {
    const auto some = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(some.size());
    const auto before = sink.events.size();
    if (const auto wrong = reader.read(some, sink)) {
      sink.events.push_back("failure "
                            + std::to_string(static_cast<int>(wrong->code)));
      require(!wrong->why.empty(), "a failure has a reason");
      break;
    }
    // What waits behind a message is read without more bytes.
    if (rest.empty() && (goes_on || sink.events.size() == before))
      break;
  }
  return sink.events;
}

} // namespace

void websocket_frames(std::string_view bytes) {
  if (bytes.empty())
    return;
  const auto step = static_cast<std::size_t>(bytes[0] & 0x1f) + 1;
  const std::string frames{bytes.substr(1)};
  const auto whole = read(frames, frames.size() + 1, true);
  require(read(frames, step, true) == whole, "pieces change nothing");
  require(read(frames, frames.size() + 1, false) == whole,
          "a rest after each message changes nothing");
  require(agrees(simple_frame_reader{max_message}.read(frames), whole),
          "a simple reader finds the same");
}

void upgrade(std::string_view bytes) {
  std::array<std::string_view, 3> lines;
  for (auto& line : lines) {
    line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
  }
  const auto [target, offered, key] = lines;
  const auto choice = net::choose_upgrade(target, offered);
  require(offered.find(choice.subprotocol) != std::string_view::npos,
          "a subprotocol was offered");
  if (!net::is_upgrade_key(key))
    return;
  require(key.size() == 24, "a key is 16 bytes in base64");
  const auto answer = net::upgrade_answer(key, choice.subprotocol);
  require(answer.ends_with("\r\n\r\n")
              && answer.find("\r\n\r\n") == answer.size() - 4,
          "an answer is one head");
}

} // namespace fuzz
