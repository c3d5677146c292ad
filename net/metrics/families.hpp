#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace net {

using metric_labels =
    std::initializer_list<std::pair<std::string, std::string>>;

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
