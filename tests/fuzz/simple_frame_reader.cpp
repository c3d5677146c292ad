#include "tests/fuzz/simple_frame_reader.hpp"

#include <algorithm>
#include <cstdint>

namespace fuzz {

namespace {

unsigned byte(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    out = out * 256 + byte(bytes, i);
  return out;
}

/// The size of the character that starts here; 0 if none does.
std::size_t character(std::string_view text) {
  const auto first = byte(text, 0);
  const auto size = first < 0x80                     ? 1U
                    : first >= 0xc2 && first <= 0xdf ? 2U
                    : first >= 0xe0 && first <= 0xef ? 3U
                    : first >= 0xf0 && first <= 0xf4 ? 4U
                                                     : 0U;
  if (size == 0 || text.size() < size)
    return 0;
  auto code = size == 1 ? first : first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(text, i) & 0xc0U) != 0x80)
      return 0;
    code = code << 6 | (byte(text, i) & 0x3fU);
  }
  const bool is_long =
      (size == 3 && code < 0x800) || (size == 4 && code < 0x1'0000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return is_long || surrogate || code > 0x10'ffff ? 0 : size;
}

bool is_text(std::string_view text) {
  while (!text.empty()) {
    const auto size = character(text);
    if (size == 0)
      return false;
    text.remove_prefix(size);
  }
  return true;
}

/// Whether bytes that follow can make it text.
bool may_become_text(std::string_view text) {
  while (!text.empty() && character(text) != 0)
    text.remove_prefix(character(text));
  if (text.empty())
    return true;
  // What may come second depends on the first byte; the others do not matter.
  for (const char second : {'\x80', '\x90', '\xa0'}) {
    std::string whole{text};
    for (whole += second; whole.size() <= 4; whole += '\x80')
      if (character(whole) == whole.size())
        return true;
  }
  return false;
}

} // namespace

std::optional<simple_frame_reader::frame>
simple_frame_reader::take_head(std::string_view& bytes) {
  if (bytes.size() < 2)
    return std::nullopt;
  frame x;
  x.final = byte(bytes, 0) >= 128;
  x.reserved = byte(bytes, 0) / 16 % 8;
  x.opcode = byte(bytes, 0) % 16;
  x.masked = byte(bytes, 1) >= 128;
  x.length = byte(bytes, 1) % 128;
  x.length_bytes = x.length == 126 ? 2 : x.length == 127 ? 8 : 0;
  const auto size = 2 + x.length_bytes + 4;
  if (bytes.size() < size)
    return std::nullopt;
  if (x.length_bytes > 0)
    x.length = number(bytes.substr(2, x.length_bytes));
  x.mask = bytes.substr(size - 4, 4);
  bytes.remove_prefix(size);
  return x;
}

unsigned simple_frame_reader::fault_of(const frame& x) const {
  const bool control = x.opcode >= 8;
  const bool known = x.opcode <= 2 || (x.opcode >= 8 && x.opcode <= 10);
  const bool shortest = x.length_bytes == 0
                        || (x.length_bytes == 2 && x.length >= 126)
                        || (x.length_bytes == 8 && x.length >= 65536);
  if (x.reserved != 0 || !x.masked || !known || !shortest
      || x.length > INT64_MAX)
    return 1002;
  if (control)
    return x.length > 125 || !x.final ? 1002 : 0;
  if ((x.opcode == 0) != message_.has_value())
    return 1002;
  const auto before = message_ ? message_->size() : 0;
  return x.length > max_message_ - before ? 1009 : 0;
}

void simple_frame_reader::fail(unsigned code) {
  result_.events.push_back("failure " + std::to_string(code));
  ended_ = true;
}

void simple_frame_reader::take_control(const frame& x,
                                       const std::string& payload) {
  if (x.opcode == 9)
    result_.events.push_back("ping " + payload);
  if (x.opcode != 8)
    return;
  const auto code = payload.empty() ? 1005 : number(payload.substr(0, 2));
  const auto reason = payload.size() < 2 ? "" : payload.substr(2);
  const bool named = (code >= 1000 && code <= 1003)
                     || (code >= 1007 && code <= 1014)
                     || (code >= 3000 && code <= 4999);
  if (payload.size() == 1 || (!payload.empty() && !named))
    return fail(1002);
  if (!is_text(reason))
    return fail(1007);
  result_.events.push_back("close " + std::to_string(code) + ' ' + reason);
  ended_ = true;
}

void simple_frame_reader::take_data(const frame& x,
                                    const std::string& payload) {
  if (x.opcode != 0) {
    message_.emplace();
    text_ = x.opcode == 1;
  }
  *message_ += payload;
  if (!x.final) {
    if (text_ && !may_become_text(*message_))
      fail(1007);
    return;
  }
  const auto whole = *message_;
  message_.reset();
  if (text_ && !is_text(whole))
    return fail(1007);
  result_.events.push_back("message " + whole);
}

simple_frame_reader::result simple_frame_reader::read(std::string_view bytes) {
  while (!ended_ && !bytes.empty()) {
    const auto x = take_head(bytes);
    if (!x) {
      result_.open = true;
      break;
    }
    if (const auto code = fault_of(*x)) {
      fail(code);
      break;
    }
    if (bytes.size() < x->length)
      break;
    std::string payload{bytes.substr(0, x->length)};
    bytes.remove_prefix(x->length);
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(payload[i] ^ x->mask[i % 4]);
    if (x->opcode >= 8)
      take_control(*x, payload);
    else
      take_data(*x, payload);
  }
  return result_;
}

bool agrees(const simple_frame_reader::result& simple,
            std::vector<std::string> other) {
  if (simple.open && other.size() == simple.events.size() + 1
      && other.back().starts_with("failure "))
    other.pop_back();
  return simple.events == other;
}

} // namespace fuzz
