#include "cluster-config/quantity.hpp"

#include <charconv>
#include <cstdint>

namespace config {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr unit times[] = {{"ms", 1},
                          {"s", 1'000},
                          {"m", 60'000},
                          {"h", 3'600'000},
                          {"d", 86'400'000}};

constexpr unit sizes[] = {
    {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}};

constexpr std::uint64_t most_milliseconds = 36'525ull * 86'400'000;

/// Takes a number off the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  auto end = text.data() + text.size();
  auto [last, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{})
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(last - text.data()));
  return number;
}

/// `number * factor`, or nothing above `most`.
std::optional<std::uint64_t> scale(std::uint64_t number, std::uint64_t factor,
                                   std::uint64_t most) {
  if (number > most / factor)
    return std::nullopt;
  return number * factor;
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::uint64_t total = 0;
  if (text.empty())
    return std::nullopt;
  while (!text.empty()) {
    auto number = take_number(text);
    if (!number)
      return std::nullopt;
    auto letters = text.substr(0, text.find_first_of("0123456789"));
    std::optional<std::uint64_t> part;
    for (const auto& [name, factor] : times)
      if (letters == name)
        part = scale(*number, factor, most_milliseconds);
    if (!part || *part > most_milliseconds - total)
      return std::nullopt;
    total += *part;
    text.remove_prefix(letters.size());
  }
  return std::chrono::milliseconds{total};
}

std::string write_duration(std::chrono::milliseconds x) {
  auto count = x.count();
  if (count != 0 && count % 3'600'000 == 0)
    return std::to_string(count / 3'600'000) + "h";
  if (count != 0 && count % 60'000 == 0)
    return std::to_string(count / 60'000) + "m";
  if (count % 1000 == 0)
    return std::to_string(count / 1000) + "s";
  return std::to_string(count) + "ms";
}

std::optional<std::size_t> parse_bytes(std::string_view text) {
  auto number = take_number(text);
  if (!number || text.empty())
    return number;
  for (const auto& [name, factor] : sizes)
    if (text == name)
      return scale(*number, factor, SIZE_MAX);
  return std::nullopt;
}

std::string write_bytes(std::size_t x) {
  for (auto [name, shift] : {std::pair{"GiB", 30}, {"MiB", 20}, {"KiB", 10}})
    if (x != 0 && x % (std::size_t{1} << shift) == 0)
      return std::to_string(x >> shift) + name;
  return std::to_string(x);
}

} // namespace config
