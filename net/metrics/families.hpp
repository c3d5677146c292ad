#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace net {

struct metric_label {
  std::string_view name;
  std::string_view value;
};

/// The labels of one value: a view, made from what is written in braces for the
/// length of a call, or from an array that outlives it.
class metric_labels : public std::span<const metric_label> {
public:
  constexpr metric_labels() = default;

  constexpr metric_labels(std::initializer_list<metric_label> x)
      : span(x.begin(), x.size()) {}

  template <std::size_t Count>
  constexpr metric_labels(const std::array<metric_label, Count>& x) : span(x) {}
};

/// Collects metric families in the order in which they were first named.
class metric_families {
public:
  /// Adds one value of a counter; `help` counts the first time.
  void counter(const std::string& name, const std::string& help, double value,
               metric_labels labels = {});

  /// Adds a histogram; `counts` has one more element than `bounds`.
  void histogram(const std::string& name, const std::string& help,
                 std::span<const double> bounds, std::span<const double> counts,
                 double sum, metric_labels labels = {});

  void gauge(const std::string& name, const std::string& help, double value,
             metric_labels labels = {});

  /// The text for Prometheus.
  std::string render() const;

private:
  prometheus::ClientMetric& add(prometheus::MetricType type,
                                const std::string& name,
                                const std::string& help, metric_labels labels);

  std::vector<prometheus::MetricFamily> families_;
};

} // namespace net
