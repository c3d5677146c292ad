#include "actors/cluster/link/link_stream.hpp"
#include "actors/raft/raft_frame.hpp"
#include "net/peer/handshake.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace fuzz {

namespace {

using namespace net::peer;

handshake_terms terms_of(const std::string& node) {
  return {{node, "0123456789abcdef", node + ":7000", false},
          "cluster",
          "a secret of the cluster"};
}

/// Takes a frame off `bytes` as the authenticator does; nothing if there is
/// none.
std::optional<std::pair<frame_header, std::string_view>>
take_frame(std::string_view& bytes) {
  if (bytes.size() < frame_header_size || !may_begin_frame(bytes))
    return std::nullopt;
  const auto head = parse_header(std::span<const char, frame_header_size>{
      bytes.data(), frame_header_size});
  bytes.remove_prefix(frame_header_size);
  require(head.body_size <= max_frame_body, "a frame is bounded");
  if (bytes.size() < head.body_size)
    return std::nullopt;
  const auto body = bytes.substr(0, head.body_size);
  bytes.remove_prefix(head.body_size);
  return std::pair{head, body};
}

handshake::step give(handshake& to, std::string_view bytes) {
  const auto frame = take_frame(bytes);
  require(frame.has_value(), "what a node says is a frame");
  return to.receive(frame->first, frame->second);
}

/// Lets a node that knows the secret begin, so that the stranger comes next.
bool begin(handshake& it, role side) {
  static const auto other = terms_of("b");
  if (side == role::acceptor) {
    handshake dialler{role::dialler, other};
    const auto step = give(it, dialler.start());
    return !step.done && !step.refused;
  }
  handshake acceptor{role::acceptor, other};
  const auto answer = give(acceptor, it.start());
  const auto step = give(it, answer.reply);
  return !step.done && !step.refused;
}

} // namespace

void peer_handshake(std::string_view bytes) {
  if (bytes.empty())
    return;
  static const auto terms = terms_of("a");
  const auto side = (bytes[0] & 1) != 0 ? role::dialler : role::acceptor;
  const bool begun = (bytes[0] & 2) != 0;
  bytes.remove_prefix(1);
  handshake it{side, terms};
  if (begun)
    require(begin(it, side), "two nodes understand each other");
  else
    it.start();
  while (const auto frame = take_frame(bytes)) {
    const auto step = it.receive(frame->first, frame->second);
    require(!step.done, "a stranger proves nothing");
    if (step.refused) {
      require(is_plain_text(step.refused->why), "a reason is plain text");
      break;
    }
  }
}

// -- links --------------------------------------------------------------------

namespace {

struct link_reading {
  std::vector<roost::link::LinkFrame> whole;
  std::vector<std::uint64_t> broken; ///< Their ids.
  bool malformed = false;
};

link_reading read_link(std::string_view bytes, std::size_t step) {
  actors::incoming_stream in;
  link_reading out;
  while (!bytes.empty()) {
    const auto some = bytes.substr(0, step);
    bytes.remove_prefix(some.size());
    in.feed(some);
    while (auto frame = in.next()) {
      if (in.broken())
        out.broken.push_back(frame->id());
      else
        out.whole.push_back(std::move(*frame));
    }
  }
  out.malformed = in.malformed();
  return out;
}

} // namespace

void link_frames(std::string_view bytes) {
  if (bytes.empty())
    return;
  const auto step = static_cast<std::size_t>(bytes[0] & 0x1f) + 1;
  bytes.remove_prefix(1);
  const auto all = read_link(bytes, bytes.size() + 1);
  const auto pieces = read_link(bytes, step);
  require(all.malformed == pieces.malformed && all.broken == pieces.broken
              && std::ranges::equal(all.whole, pieces.whole, same),
          "pieces change nothing");
  for (const auto& frame : all.whole) {
    actors::outgoing_stream out;
    require(out.append(frame) > 0, "what was read can be written");
    const auto again = read_link(out.take_batch(), bytes.size() + 64);
    require(again.whole.size() == 1 && same(again.whole[0], frame),
            "nothing changes");
  }
}

void raft_frame(std::string_view bytes) {
  constexpr actors::raft_limits limits{4096, 8};
  const auto frame = actors::parse_raft_frame(bytes, limits);
  if (!frame)
    return;
  require(frame->from() != 0 && frame->to() != 0 && frame->term() != 0,
          "a frame says who speaks to whom, and when");
  require(frame->append_entries().entries_size()
              <= static_cast<int>(limits.entries),
          "entries are bounded");
  const auto again = actors::parse_raft_frame(
      frame->SerializeAsString(), {2 * limits.frame_bytes, limits.entries});
  require(again && same(*again, *frame), "nothing changes");
}

} // namespace fuzz
