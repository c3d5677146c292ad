#include "proto/fossil_delta.hpp"

#include "proto/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace proto {

namespace {

/// What a hash is of, and so the shortest match that the index finds.
constexpr std::size_t block_bytes = 16;

/// Larger bases are indexed with gaps between the blocks.
constexpr std::size_t max_blocks = 64 * 1024;

/// Blocks of one hash that are looked at: repetitive bases have many.
constexpr std::size_t max_candidates = 16;

/// What is looked up and compared in vain, at most, before the index is left
/// alone: whoever wants to can make any number of blocks with one hash.
constexpr std::size_t max_vain_looks = 64 * 1024;

/// Bytes without a match after which not every place is looked at any more.
constexpr std::size_t patience = 512;

// -- digits -------------------------------------------------------------------

constexpr std::string_view delta_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
                                            "WXYZ_abcdefghijklmnopqrstuvwxyz~";

constexpr std::uint8_t no_delta_digit = 64;

constexpr std::array<std::uint8_t, 256> delta_digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_delta_digit);
  for (std::size_t i = 0; i < delta_alphabet.size(); ++i)
    table[static_cast<std::uint8_t>(delta_alphabet[i])] =
        static_cast<std::uint8_t>(i);
  return table;
}();

std::size_t digits_of(std::size_t number) {
  return number == 0
             ? 1
             : (static_cast<std::size_t>(std::bit_width(number)) + 5) / 6;
}

void append_number(std::size_t number, std::string& out) {
  for (auto shift = 6 * digits_of(number); shift > 0;) {
    shift -= 6;
    out.push_back(delta_alphabet[number >> shift & 63]);
  }
}

/// The sum of the text's 32-bit words, big-endian, the last padded with zeros.
std::uint32_t checksum(std::string_view text) {
  std::uint32_t sum = 0;
  unsigned shift = 32;
  for (auto c : text) {
    shift -= 8;
    sum += std::uint32_t{static_cast<std::uint8_t>(c)} << shift;
    if (shift == 0)
      shift = 32;
  }
  return sum;
}

// -- matches ------------------------------------------------------------------

std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Of a block, with as many bits as `mask` has.
std::size_t hash(const char* block, std::size_t mask) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  auto mixed = (load(block) * odd ^ load(block + 8)) * odd;
  return static_cast<std::size_t>(mixed >> 32) & mask;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  auto end = std::min(a.size(), b.size());
  std::size_t size = 0;
  while (size + 8 <= end && load(a.data() + size) == load(b.data() + size))
    size += 8;
  while (size < end && a[size] == b[size])
    ++size;
  return size;
}

std::size_t common_suffix(std::string_view a, std::string_view b) {
  auto end = std::min(a.size(), b.size());
  std::size_t size = 0;
  while (size < end && a[a.size() - 1 - size] == b[b.size() - 1 - size])
    ++size;
  return size;
}

bool continues_code_point(std::string_view text, std::size_t at) {
  return at < text.size()
         && (static_cast<std::uint8_t>(text[at]) & 0xc0) == 0x80;
}

} // namespace

/// `target[at, at + size)` is `base[from, from + size)`.
struct fossil_encoder::match {
  std::size_t at = 0;
  std::size_t from = 0;
  std::size_t size = 0;

  /// Shrinks it until it holds whole code points of the target.
  void cut_at_code_points(std::string_view target) {
    while (size > 0 && continues_code_point(target, at)) {
      ++at;
      ++from;
      --size;
    }
    while (size > 0 && continues_code_point(target, at + size))
      --size;
  }

  /// Bytes that the copy takes.
  std::size_t cost() const { return digits_of(size) + digits_of(from) + 2; }

  /// Whether to copy it takes less than to write it, and maybe to begin a new
  /// piece after it.
  bool saves() const { return size > cost() + 2; }

  /// In place of a match from elsewhere what lies where it is expected a few
  /// bytes after `target[place]`, and goes as far: the copy would take more
  /// than those bytes.
  match or_expected_soon(std::string_view base, std::string_view target,
                         std::size_t place, std::size_t expected) const {
    auto before = place - at;
    if (from + before == expected)
      return *this;
    for (std::size_t skip = 1; before + skip < std::min(cost(), size)
                               && expected + skip < base.size();
         ++skip) {
      auto ahead = common_prefix(base.substr(expected + skip),
                                 target.substr(place + skip));
      if (before + skip + ahead >= size)
        return {place + skip, expected + skip, ahead};
    }
    return *this;
  }
};

void fossil_encoder::index(std::string_view base) {
  auto stride = (base.size() + max_blocks - 1) / max_blocks;
  stride_ = std::max(block_bytes, stride);
  auto blocks = (base.size() - block_bytes) / stride_ + 1;
  vain_looks_ = 0;
  newest_.assign(std::bit_ceil(blocks), 0);
  older_.resize(blocks);
  for (std::size_t i = 0; i < blocks; ++i) {
    auto& newest = newest_[hash(base.data() + i * stride_, newest_.size() - 1)];
    older_[i] = newest;
    newest = static_cast<std::uint32_t>(i + 1);
  }
}

/// The longest match found for `target[at]`, which may begin up to `literal`
/// bytes before it. `expected` is where in the base it lies if what was written
/// since the last copy took the place of as many bytes.
fossil_encoder::match fossil_encoder::longest_match(std::string_view base,
                                                    std::string_view target,
                                                    std::size_t at,
                                                    std::size_t literal,
                                                    std::size_t expected) {
  match best;
  auto rest = target.substr(at);
  auto consider = [&](std::size_t from) {
    auto ahead = common_prefix(base.substr(from), rest);
    if (ahead == 0)
      return ahead;
    auto behind = common_suffix(base.substr(0, from),
                                target.substr(at - literal, literal));
    if (ahead + behind > best.size)
      best = {at - behind, from - behind, ahead + behind};
    return ahead;
  };
  if (expected < base.size())
    consider(expected);
  if (rest.size() < block_bytes || vain_looks_ >= max_vain_looks)
    return best;
  std::size_t looks = 1;
  bool found = false;
  auto next = newest_[hash(rest.data(), newest_.size() - 1)];
  for (; next != 0 && looks <= max_candidates; ++looks) {
    found |= consider((next - 1) * stride_) >= block_bytes;
    next = older_[next - 1];
  }
  if (!found)
    vain_looks_ += looks;
  return best;
}

bool fossil_encoder::encode(std::string_view base, std::string_view target,
                            delta_text text, std::string& out) {
  out.clear();
  if (base.size() < block_bytes)
    return false; // a copy of less takes as much as it saves
  index(base);
  append_number(target.size(), out);
  out.push_back('\n');
  std::size_t written = 0;  // of the target
  std::size_t expected = 0; // in the base, for target[written]
  auto write_literal = [&](std::size_t end) {
    if (end == written)
      return;
    append_number(end - written, out);
    out.push_back(':');
    out.append(target, written, end - written);
  };
  for (std::size_t at = 0; at < target.size();) {
    auto here = expected + (at - written);
    auto found = longest_match(base, target, at, at - written, here);
    if (found.saves())
      found = found.or_expected_soon(base, target, at, here);
    if (text == delta_text::utf8)
      found.cut_at_code_points(target);
    if (!found.saves()) {
      // Odd steps come to every place within a block.
      at += 1 + 2 * ((at - written) / patience);
      continue;
    }
    write_literal(found.at);
    append_number(found.size, out);
    out.push_back('@');
    append_number(found.from, out);
    out.push_back(',');
    at = written = found.at + found.size;
    expected = found.from + found.size;
    if (out.size() >= target.size())
      return false;
  }
  write_literal(target.size());
  append_number(checksum(target), out);
  out.push_back(';');
  return out.size() < target.size() && (text == delta_text::no || is_utf8(out));
}

// -- applying -----------------------------------------------------------------

namespace {

/// Takes a delta apart. Whatever runs past its end is nothing.
class delta_reader {
public:
  explicit delta_reader(std::string_view delta) : rest_(delta) {}

  std::optional<std::size_t> number() {
    std::size_t value = 0;
    std::size_t size = 0;
    for (; size < rest_.size(); ++size) {
      auto digit = delta_digits[static_cast<std::uint8_t>(rest_[size])];
      if (digit == no_delta_digit)
        break;
      if (value >> 26 != 0)
        return std::nullopt; // beyond 32 bits
      value = value << 6 | digit;
    }
    rest_.remove_prefix(size);
    return size == 0 ? std::nullopt : std::optional{value};
  }

  /// The next byte; NUL, which no delta has in such a place, at the end.
  char mark() {
    if (rest_.empty())
      return '\0';
    auto mark = rest_.front();
    rest_.remove_prefix(1);
    return mark;
  }

  std::optional<std::string_view> bytes(std::size_t size) {
    if (size > rest_.size())
      return std::nullopt;
    auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  bool at_end() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

} // namespace

std::optional<std::string> apply_fossil_delta(std::string_view base,
                                              std::string_view delta,
                                              std::size_t limit) {
  delta_reader in{delta};
  auto size = in.number();
  if (!size || *size > limit || in.mark() != '\n')
    return std::nullopt;
  std::string out;
  out.reserve(*size);
  while (auto number = in.number()) {
    std::optional<std::string_view> piece;
    switch (in.mark()) {
    case '@': {
      auto from = in.number();
      if (from && in.mark() == ',' && *from <= base.size()
          && *number <= base.size() - *from)
        piece = base.substr(*from, *number);
      break;
    }
    case ':':
      piece = in.bytes(*number);
      break;
    case ';':
      if (out.size() != *size || *number != checksum(out) || !in.at_end())
        return std::nullopt;
      return out;
    default:
      break;
    }
    if (!piece || piece->size() > *size - out.size())
      return std::nullopt;
    out += *piece;
  }
  return std::nullopt;
}

} // namespace proto
