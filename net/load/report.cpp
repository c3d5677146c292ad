#include "net/load/report.hpp"

#include "net/load/protocol/protocol.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <utility>

namespace net::load {

namespace {

std::string number(double value, int digits) {
  std::array<char, 400> text;
  int n = std::snprintf(text.data(), text.size(), "%.*f", digits,
                        std::isfinite(value) ? value : 0.0);
  return {text.data(), static_cast<std::size_t>(n)};
}

double milliseconds(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

} // namespace

std::string grouped(double value, int digits) {
  auto out = number(value, digits);
  auto first = out.find_first_of("0123456789");
  for (auto at = std::min(out.find('.'), out.size()); at > first + 3;) {
    at -= 3;
    out.insert(at, 1, ',');
  }
  return out;
}

void report::add(std::string name, std::string label, double value,
                 std::string unit, int digits) {
  figures_.push_back(
      {std::move(name), std::move(label), value, std::move(unit), digits});
}

void report::add_latency(const std::string& name, const std::string& label,
                         const histogram& values) {
  struct point {
    const char* name;
    const char* label;
    double percent;
  };
  constexpr point points[] = {{"_p50_ms", " median", 50},
                              {"_p90_ms", " p90", 90},
                              {"_p99_ms", " p99", 99},
                              {"_p999_ms", " p99.9", 99.9}};
  for (const auto& p : points)
    add(name + p.name, label + p.label,
        milliseconds(values.percentile(p.percent)), "ms", 3);
  add(name + "_max_ms", label + " maximum", milliseconds(values.max()), "ms",
      3);
}

void report::add_setting(std::string name, std::string value) {
  settings_.push_back({std::move(name), std::move(value)});
}

void report::warn(std::string sentence) {
  warnings_.push_back(std::move(sentence));
}

double report::value(std::string_view name) const {
  auto found = std::ranges::find(figures_, name, &figure::name);
  return found == figures_.end() ? 0 : found->value;
}

void report::print_table(std::ostream& out) const {
  std::size_t label_width = 0;
  std::size_t value_width = 0;
  for (const auto& f : figures_) {
    label_width = std::max(label_width, f.label.size());
    value_width = std::max(value_width, grouped(f.value, f.digits).size());
  }
  for (const auto& f : figures_) {
    auto value = grouped(f.value, f.digits);
    out << f.label << std::string(label_width + 2 - f.label.size(), ' ')
        << std::string(value_width - value.size(), ' ') << value;
    if (!f.unit.empty())
      out << ' ' << f.unit;
    out << '\n';
  }
  for (const auto& sentence : warnings_)
    out << "Note: " << sentence << '\n';
}

void report::print_json(std::ostream& out) const {
  out << R"({"settings":{)";
  const char* comma = "";
  for (const auto& s : settings_) {
    out << comma << json_string(s.name) << ':' << json_string(s.value);
    comma = ",";
  }
  out << R"(},"result":{)";
  comma = "";
  for (const auto& f : figures_) {
    out << comma << json_string(f.name) << ':'
        << number(f.value, std::max(f.digits, 4));
    comma = ",";
  }
  out << R"(},"notes":[)";
  comma = "";
  for (const auto& sentence : warnings_) {
    out << comma << json_string(sentence);
    comma = ",";
  }
  out << "]}\n";
}

} // namespace net::load
