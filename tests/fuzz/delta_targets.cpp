#include "proto/fossil_delta.hpp"
#include "proto/utf8.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

constexpr std::size_t limit = 4096;

struct two_texts {
  std::string_view first;
  std::string_view second;
};

/// What is before and behind the first byte 0xfe, of which UTF-8 has none.
two_texts halves_of(std::string_view bytes) {
  const auto first = bytes.substr(0, bytes.find('\xfe'));
  bytes.remove_prefix(std::min(bytes.size(), first.size() + 1));
  return {first, bytes};
}

void check_delta(std::string_view base, std::string_view target,
                 proto::delta_text text) {
  static proto::fossil_encoder used;
  std::string delta;
  const bool made = used.encode(base, target, text, delta);
  std::string again;
  require(proto::fossil_encoder{}.encode(base, target, text, again) == made,
          "what came before changes nothing");
  if (!made)
    return;
  require(delta == again, "what came before changes nothing");
  require(delta.size() < target.size(), "a delta is smaller than its target");
  require(text == proto::delta_text::no || proto::is_utf8(delta),
          "a delta of text is text");
  require(proto::apply_fossil_delta(base, delta, target.size()) == target,
          "a delta makes its target");
  require(!proto::apply_fossil_delta(base, delta, target.size() - 1),
          "a delta makes no more than it may");
}

} // namespace

void fossil_delta(std::string_view bytes) {
  const auto [base, target] = halves_of(bytes);
  check_delta(base, target, proto::delta_text::no);
  check_delta(base, target, proto::delta_text::utf8);
  check_delta(target, base, proto::delta_text::no);
}

void fossil_apply(std::string_view bytes) {
  const auto [base, delta] = halves_of(bytes);
  const auto target = proto::apply_fossil_delta(base, delta, limit);
  if (!target)
    return;
  require(target->size() <= limit, "a delta makes no more than it may");
  require(proto::apply_fossil_delta(base, delta, target->size()) == target,
          "a delta makes as much as it says");
  require(target->empty()
              || !proto::apply_fossil_delta(base, delta, target->size() - 1),
          "a delta makes no more than it may");
  require(!proto::apply_fossil_delta(base, delta.substr(0, delta.size() - 1),
                                     limit),
          "half a delta makes nothing");
}

} // namespace fuzz
