#pragma once

#include "actors/lane/counter.hpp"
#include "net/metrics/families.hpp"

#include <variant>

namespace net {

/// What /metrics shows of one member of `Source`.
template <class Source>
struct metric_row {
  const char* name;
  const char* help;
  std::variant<actors::counter Source::*, actors::gauge Source::*> member;
  metric_labels labels = {};

  double value_in(const Source& x) const {
    return std::visit(
        [&x](auto of) { return static_cast<double>((x.*of).value()); }, member);
  }
};

/// Adds `row` with a value and labels: of one source, or of several together.
template <class Source>
void add_row(metric_families& out, const metric_row<Source>& row, double value,
             metric_labels labels) {
  if (std::holds_alternative<actors::counter Source::*>(row.member))
    out.counter(row.name, row.help, value, labels);
  else
    out.gauge(row.name, row.help, value, labels);
}

} // namespace net
