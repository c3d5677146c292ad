#pragma once

#include "net/load/histogram.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace net::load {

/// What a run found, for people and for programs.
class report {
public:
  /// A figure: `name` in JSON, `label` in the table with `unit` after the
  /// number, which has `digits` behind the point.
  void add(std::string name, std::string label, double value,
           std::string unit = "", int digits = 0);

  /// Percentiles of a latency in milliseconds, as NAME_p50_ms and so on.
  void add_latency(const std::string& name, const std::string& label,
                   const histogram& values);

  /// A setting, for JSON only.
  void add_setting(std::string name, std::string value);

  /// Something that a reader of the figures must know.
  void warn(std::string sentence);

  void print_table(std::ostream& out) const;
  void print_json(std::ostream& out) const;

  /// The figure of this name; 0 without one.
  double value(std::string_view name) const;

private:
  struct figure {
    std::string name;
    std::string label;
    double value;
    std::string unit;
    int digits;
  };

  struct setting {
    std::string name;
    std::string value;
  };

  std::vector<figure> figures_;
  std::vector<setting> settings_;
  std::vector<std::string> warnings_;
};

/// "1,234,567.8", with `digits` behind the point.
std::string grouped(double value, int digits);

} // namespace net::load
