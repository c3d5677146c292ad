#include "net/websocket/frame_reader.hpp"

#include "proto/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace net {

namespace {

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t compressed_bit = 0x40; // RFC 7692, section 6
constexpr std::uint8_t other_reserved_bits = 0x30;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::size_t mask_size = 4;
constexpr std::size_t max_control = 125;

enum opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  control = 8, ///< This and above.
  connection_close = 8,
  ping = 9,
  pong = 10,
};

using failure = frame_reader::failure;

failure broken(std::string_view why) {
  return {close_status::protocol_error, why};
}

std::uint8_t byte_at(std::string_view in, std::size_t i) {
  return static_cast<std::uint8_t>(in[i]);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes)
    out = out << 8 | static_cast<std::uint8_t>(c);
  return out;
}

/// In steps of eight bytes: the mask repeats every four.
void unmask(std::span<char> payload, const char* mask) {
  std::array<char, 8> twice;
  std::memcpy(twice.data(), mask, mask_size);
  std::memcpy(twice.data() + mask_size, mask, mask_size);
  std::uint64_t word = 0;
  std::memcpy(&word, twice.data(), sizeof word);
  std::size_t i = 0;
  for (; i + sizeof word <= payload.size(); i += sizeof word) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, payload.data() + i, sizeof bytes);
    bytes ^= word;
    std::memcpy(payload.data() + i, &bytes, sizeof bytes);
  }
  for (; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ mask[i % mask_size]);
}

/// Which codes an endpoint may send: RFC 6455, section 7.4.
bool may_be_sent(std::uint64_t code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005
          && code != 1006)
         || (code >= 3000 && code <= 4999);
}

constexpr failure no_utf8{close_status::bad_payload, "a text is not UTF-8"};

/// Bytes of the character of UTF-8 that `text` is cut in, at most 3; nothing if
/// none starts so. The characters before are not looked at.
std::optional<std::size_t> begun_character(std::string_view text) {
  std::size_t n = 0;
  while (n < std::min<std::size_t>(text.size(), 3)) {
    ++n;
    const auto lead = byte_at(text, text.size() - n);
    if (lead < 0x80)
      return 0; // what follows it is wrong, or nothing
    if (lead < 0xc0)
      continue;
    const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (n >= size)
      return 0;
    if (n == 1)
      return lead >= 0xc2 && lead <= 0xf4 ? std::optional{n} : std::nullopt;
    std::string whole{text.substr(text.size() - n)};
    whole.resize(size, '\x80'); // the second byte decides
    return proto::is_utf8(whole) ? std::optional{n} : std::nullopt;
  }
  return 0;
}

std::string control_frame(opcode kind, std::string_view payload) {
  std::string out{static_cast<char>(final_bit | kind),
                  static_cast<char>(payload.size())};
  return out.append(payload);
}

} // namespace

std::optional<failure> frame_reader::read(std::span<char> bytes,
                                          frame_sink& sink) {
  stopped_ = false;
  std::string held;
  auto in = bytes;
  if (rest_ && !rest_->frames.empty()) {
    held = std::exchange(rest_->frames, {});
    held.append(bytes.data(), bytes.size());
    in = held;
  }
  while (!stopped_ && !ended_) {
    frame x;
    auto wrong = parse({in.data(), in.size()}, x);
    if (!wrong && (x.header == 0 || in.size() < x.header + x.payload))
      break;
    if (!wrong) {
      const auto payload = in.subspan(x.header, x.payload);
      unmask(payload, in.data() + x.header - mask_size);
      in = in.subspan(x.header + x.payload);
      wrong = handle(x, {payload.data(), payload.size()}, sink);
    }
    if (wrong) {
      ended_ = true;
      rest_.reset();
      return wrong;
    }
  }
  keep(std::move(held), in);
  return std::nullopt;
}

void frame_reader::keep(std::string&& held, std::span<char> in) {
  if (ended_ || (in.empty() && !(rest_ && rest_->fragmented))) {
    rest_.reset();
  } else if (!in.empty() && held.empty()) {
    rest().frames.assign(in.data(), in.size());
  } else if (!in.empty()) {
    held.erase(0, held.size() - in.size());
    rest().frames = std::move(held);
  }
}

frame_reader::unfinished& frame_reader::rest() {
  if (!rest_)
    rest_ = std::make_unique<unfinished>();
  return *rest_;
}

// -- one frame ----------------------------------------------------------------

std::optional<failure> frame_reader::parse(std::string_view in,
                                           frame& out) const {
  if (in.size() < 2)
    return std::nullopt;
  const auto first = byte_at(in, 0);
  const auto second = byte_at(in, 1);
  out.final = (first & final_bit) != 0;
  out.opcode = first & 0x0f;
  out.compressed = (first & compressed_bit) != 0;
  const bool may_be =
      inflater_ != nullptr && (out.opcode == text || out.opcode == binary);
  if ((first & other_reserved_bits) != 0 || (out.compressed && !may_be))
    return broken("a reserved bit is set");
  if ((second & mask_bit) == 0)
    return broken("a frame is not masked");

  std::uint64_t length = second & 0x7f;
  const std::size_t more = length == 127 ? 8 : length == 126 ? 2 : 0;
  if (out.opcode >= control && length > max_control)
    return broken("a control frame has more than 125 bytes");
  if (in.size() < 2 + more)
    return std::nullopt;
  if (more > 0) {
    length = big_endian(in.substr(2, more));
    if (length <= (more == 2 ? max_control : 0xffff))
      return broken("a length has more bytes than it needs");
    if (length >> 63 != 0)
      return broken("a length has its highest bit set");
  }
  out.payload = length;
  if (auto wrong = out.opcode >= control ? check_control(out) : check_data(out))
    return wrong;
  if (const auto header = 2 + more + mask_size; in.size() >= header)
    out.header = header;
  return std::nullopt;
}

std::optional<failure> frame_reader::check_control(const frame& x) const {
  if (x.opcode > pong)
    return broken("an opcode is unknown");
  if (!x.final)
    return broken("a control frame is fragmented");
  return std::nullopt;
}

std::optional<failure> frame_reader::check_data(const frame& x) const {
  if (x.opcode > binary)
    return broken("an opcode is unknown");
  const bool fragmented = rest_ && rest_->fragmented;
  if (x.opcode == continuation && !fragmented)
    return broken("a continuation continues nothing");
  if (x.opcode != continuation && fragmented)
    return broken("a message starts within another");
  const auto before = fragmented ? rest_->message.size() : 0;
  if (x.payload > max_message_ - before)
    return failure{close_status::too_big, "a message is too large"};
  return std::nullopt;
}

std::optional<failure> frame_reader::handle(const frame& x,
                                            std::string_view payload,
                                            frame_sink& sink) {
  switch (x.opcode) {
  case connection_close:
    return handle_close(payload, sink);
  case ping:
    sink.on_ping(payload);
    return std::nullopt;
  case pong:
    sink.on_pong();
    return std::nullopt;
  default:
    return handle_data(x, payload, sink);
  }
}

std::optional<failure> frame_reader::handle_close(std::string_view payload,
                                                  frame_sink& sink) {
  auto code = static_cast<std::uint64_t>(close_status::none);
  std::string_view reason;
  if (!payload.empty()) {
    if (payload.size() < 2)
      return broken("a close frame has half a code");
    code = big_endian(payload.substr(0, 2));
    reason = payload.substr(2);
    if (!may_be_sent(code))
      return broken("a close frame has a code that nobody may send");
    if (!proto::is_utf8(reason))
      return failure{close_status::bad_payload, "a reason is not UTF-8"};
  }
  ended_ = true;
  sink.on_close(static_cast<std::uint16_t>(code), reason);
  return std::nullopt;
}

std::optional<failure> frame_reader::handle_data(const frame& x,
                                                 std::string_view payload,
                                                 frame_sink& sink) {
  auto kind = x.opcode == text ? message_kind::text : message_kind::binary;
  bool compressed = x.compressed;
  std::string whole;
  std::size_t checked = 0;
  if (!x.final || x.opcode == continuation) {
    if (auto wrong = add_fragment(x, payload); wrong || !x.final)
      return wrong;
    kind = rest_->text ? message_kind::text : message_kind::binary;
    compressed = rest_->compressed;
    checked = std::exchange(rest_->checked, 0);
    whole = std::exchange(rest_->message, {});
    payload = whole;
  }
  std::string inflated;
  if (compressed) {
    if (auto wrong = take_apart(payload, inflated))
      return wrong;
    payload = inflated;
  }
  if (kind == message_kind::text && !proto::is_utf8(payload.substr(checked)))
    return no_utf8;
  stopped_ = !sink.on_message(payload, kind);
  return std::nullopt;
}

/// A text that is none is refused with the fragment that shows it.
std::optional<failure> frame_reader::add_fragment(const frame& x,
                                                  std::string_view payload) {
  auto& part = rest();
  if (x.opcode != continuation) {
    part.text = x.opcode == text;
    part.compressed = x.compressed;
  }
  part.fragmented = !x.final;
  part.message.append(payload);
  if (x.final || !part.text || part.compressed)
    return std::nullopt;
  const auto fresh = std::string_view{part.message}.substr(part.checked);
  const auto begun = begun_character(fresh);
  if (!begun || !proto::is_utf8(fresh.substr(0, fresh.size() - *begun)))
    return no_utf8;
  part.checked = part.message.size() - *begun;
  return std::nullopt;
}

std::optional<failure> frame_reader::take_apart(std::string_view compressed,
                                                std::string& out) {
  switch (inflater_->inflate(compressed, max_message_, out)) {
  case inflater::outcome::whole:
    return std::nullopt;
  case inflater::outcome::too_large:
    return failure{close_status::too_big, "a message is too large"};
  case inflater::outcome::broken:
    break;
  }
  return failure{close_status::bad_payload, "a message is not compressed as "
                                            "RFC 7692 says"};
}

// -- frames of our own --------------------------------------------------------

std::string pong_frame(std::string_view payload) {
  return control_frame(pong, payload);
}

std::string ping_frame() {
  return control_frame(ping, {});
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  if (code == static_cast<std::uint16_t>(close_status::none))
    return control_frame(connection_close, {});
  std::string payload{static_cast<char>(code >> 8),
                      static_cast<char>(code & 0xff)};
  auto size = std::min(reason.size(), max_control - payload.size());
  while (size < reason.size() && size > 0
         && (byte_at(reason, size) & 0xc0) == 0x80)
    --size;
  return control_frame(connection_close,
                       payload.append(reason.substr(0, size)));
}

} // namespace net
