#include "net/peer/handshake.hpp"

#include "net/peer/proof.hpp"
#include "proto/handshake.pb.h"

#include <algorithm>
#include <utility>

namespace net::peer {

namespace {

using message = roost::link::Handshake;
using wire_reason = message::Refusal;

bool is_incarnation(std::string_view text) {
  return text.size() == 16
         && text.find_first_not_of("0123456789abcdefABCDEF")
                == std::string_view::npos;
}

bool valid(const message::Hello& hello) {
  return is_plain_text(hello.cluster()) && is_plain_text(hello.node())
         && is_plain_text(hello.address())
         && is_incarnation(hello.incarnation())
         && hello.nonce().size() == nonce_size;
}

/// A name of somebody who has proved nothing, fit for a log line.
std::string quoted(std::string_view name) {
  return is_plain_text(name) ? "\"" + std::string{name} + "\"" : "unnamed";
}

wire_reason::Reason to_wire(refusal_reason reason) {
  switch (reason) {
  case refusal_reason::version:
    return wire_reason::VERSION;
  case refusal_reason::cluster:
    return wire_reason::CLUSTER;
  case refusal_reason::same_name:
    return wire_reason::SAME_NAME;
  case refusal_reason::itself:
    return wire_reason::ITSELF;
  case refusal_reason::secret:
    return wire_reason::SECRET;
  default:
    return wire_reason::MALFORMED;
  }
}

std::string frame_of(std::uint16_t version, const message& content) {
  return make_frame(version, content.SerializeAsString());
}

} // namespace

bool is_plain_text(std::string_view text) {
  return !text.empty() && text.size() <= 255
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c >= 0x20 && c <= 0x7E; });
}

handshake::handshake(role side, const handshake_terms& terms,
                     std::string channel)
    : side_(side), terms_(terms), channel_(std::move(channel)) {}

std::string handshake::start() {
  return side_ == role::dialler ? make_hello() : std::string{};
}

handshake::step handshake::receive(frame_header header, std::string_view body) {
  message content;
  auto parsed =
      content.ParseFromArray(body.data(), static_cast<int>(body.size()));
  if (parsed && content.has_refusal())
    return refused_by_peer(content, header.version);
  if (header.version != terms_.version) {
    if (is_plain_text(content.hello().node()))
      peer_.node = content.hello().node();
    return refuse(refusal_reason::version, mismatch(header.version));
  }
  if (!parsed)
    return refuse(refusal_reason::malformed, "its message is malformed");
  return state_ == state::hello_due ? on_hello(content, body)
                                    : on_proof(content);
}

handshake::step handshake::on_hello(const message& content,
                                    std::string_view body) {
  const auto& hello = content.hello();
  if (!content.has_hello() || !valid(hello))
    return refuse(refusal_reason::malformed, "its message is malformed");
  peer_ = {hello.node(), hello.incarnation(), hello.address(),
           hello.coordinator()};
  if (hello.cluster() != terms_.cluster)
    return refuse(refusal_reason::cluster,
                  "it belongs to cluster " + quoted(hello.cluster())
                      + ", this node to " + quoted(terms_.cluster));
  if (peer_.node == terms_.self.node)
    return peer_.incarnation == terms_.self.incarnation
               ? refuse(refusal_reason::itself, "it is this node itself")
               : refuse(refusal_reason::same_name,
                        "both nodes are named " + quoted(peer_.node));
  // Who sends our own nonce back has nothing of its own to say.
  if (hello.nonce() == my_nonce_)
    return refuse(refusal_reason::malformed, "it repeats our own message");
  their_hello_ = make_frame(terms_.version, body);
  state_ = state::proof_due;
  if (side_ == role::acceptor)
    return {.reply = make_hello(), .done = false, .refused = {}};
  return {.reply = make_proof(), .done = false, .refused = {}};
}

handshake::step handshake::on_proof(const message& content) {
  if (!content.has_proof())
    return refuse(refusal_reason::malformed, "its message is malformed");
  auto theirs = side_ == role::dialler ? role::acceptor : role::dialler;
  if (!equal_in_constant_time(content.proof().mac(), expected_mac(theirs)))
    return refuse(refusal_reason::secret, "the cluster secret does not match");
  if (side_ == role::acceptor)
    return {.reply = make_proof(), .done = true, .refused = {}};
  return {.reply = {}, .done = true, .refused = {}};
}

handshake::step handshake::refuse(refusal_reason reason,
                                  std::string why) const {
  message content;
  auto* out = content.mutable_refusal();
  out->set_reason(to_wire(reason));
  if (reason != refusal_reason::secret) {
    out->set_version(terms_.version);
    out->set_cluster(terms_.cluster);
    out->set_node(terms_.self.node);
  }
  return {.reply = frame_of(terms_.version, content),
          .done = false,
          .refused = refusal{reason, false, peer_.node, std::move(why)}};
}

handshake::step handshake::refused_by_peer(const message& content,
                                           std::uint16_t version) const {
  const auto& told = content.refusal();
  refusal result;
  result.by_peer = true;
  result.peer = is_plain_text(told.node()) ? told.node() : peer_.node;
  auto say = [&result](refusal_reason reason, std::string why) {
    result.reason = reason;
    result.why = std::move(why);
  };
  switch (told.reason()) {
  case wire_reason::VERSION:
    say(refusal_reason::version, mismatch(version));
    break;
  case wire_reason::CLUSTER:
    say(refusal_reason::cluster,
        "it belongs to cluster " + quoted(told.cluster()) + ", this node to "
            + quoted(terms_.cluster));
    break;
  case wire_reason::SAME_NAME:
    say(refusal_reason::same_name,
        "both nodes are named " + quoted(terms_.self.node));
    break;
  case wire_reason::ITSELF:
    say(refusal_reason::itself, "it is this node itself");
    break;
  case wire_reason::SECRET:
    say(refusal_reason::secret, "the cluster secret does not match");
    break;
  default:
    say(refusal_reason::malformed, "it did not understand this node");
  }
  return {.reply = {}, .done = false, .refused = std::move(result)};
}

std::string handshake::mismatch(std::uint16_t version) const {
  return "it speaks version " + std::to_string(version)
         + " of the link protocol, this node version "
         + std::to_string(terms_.version);
}

std::string handshake::make_hello() {
  my_nonce_ = make_nonce();
  message content;
  auto* hello = content.mutable_hello();
  hello->set_cluster(terms_.cluster);
  hello->set_node(terms_.self.node);
  hello->set_incarnation(terms_.self.incarnation);
  hello->set_address(terms_.self.address);
  hello->set_coordinator(terms_.self.coordinator);
  hello->set_nonce(my_nonce_);
  my_hello_ = frame_of(terms_.version, content);
  return my_hello_;
}

std::string handshake::make_proof() const {
  message content;
  content.mutable_proof()->set_mac(expected_mac(side_));
  return frame_of(terms_.version, content);
}

std::string handshake::expected_mac(role of) const {
  auto mine_first = side_ == role::dialler;
  std::string text =
      of == role::dialler ? "roost.link dialler\n" : "roost.link acceptor\n";
  // Every part tells its own length, so no two transcripts read the same.
  text += std::to_string(channel_.size()) + "\n" + channel_;
  text += mine_first ? my_hello_ : their_hello_;
  text += mine_first ? their_hello_ : my_hello_;
  return make_mac(terms_.secret, text);
}

} // namespace net::peer
