#include "cluster-config/raw_value.hpp"

namespace config {

namespace {

constexpr std::size_t longest_shown = 120;

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

} // namespace

std::string printable(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string result;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    const bool within_character = (byte & 0xc0U) == 0x80;
    if (result.size() >= longest_shown && !within_character)
      return result + "...";
    if (byte < 0x20 || byte == 0x7f) {
      result += "\\x";
      result += hex[byte >> 4];
      result += hex[byte & 15];
    } else {
      result += c;
    }
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  return '"' + printable(text) + '"';
}

std::string describe(const raw_value& x) {
  return std::visit(
      overloaded{[](const std::string& text) { return in_quotes(text); },
                 [](std::int64_t number) { return std::to_string(number); },
                 [](bool on) -> std::string { return on ? "true" : "false"; },
                 [](const raw_value::other& o) { return printable(o.text); },
                 [&](const auto&) {
                   return describe_kind(x);
                 }},
      x.data);
}

std::string describe_kind(const raw_value& x) {
  return std::visit(
      overloaded{
          [](const std::string&) -> std::string { return "a string"; },
          [](std::int64_t) -> std::string { return "an integer"; },
          [](bool) -> std::string { return "a boolean"; },
          [](const raw_value::list&) -> std::string { return "an array"; },
          [](const raw_value::table&) -> std::string { return "a table"; },
          [](const raw_value::other&) -> std::string {
            return "a value of another type";
          }},
      x.data);
}

} // namespace config
