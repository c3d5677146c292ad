#include "net/metrics/families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace net {

prometheus::ClientMetric& metric_families::add(prometheus::MetricType type,
                                               const std::string& name,
                                               const std::string& help,
                                               metric_labels labels) {
  auto family =
      std::ranges::find(families_, name, &prometheus::MetricFamily::name);
  if (family == families_.end()) {
    prometheus::MetricFamily fresh;
    fresh.name = name;
    fresh.help = help;
    fresh.type = type;
    families_.push_back(std::move(fresh));
    family = families_.end() - 1;
  }
  auto& metric = family->metric.emplace_back();
  for (const auto& [label, value] : labels)
    metric.label.push_back({std::string{label}, std::string{value}});
  return metric;
}

void metric_families::counter(const std::string& name, const std::string& help,
                              double value, metric_labels labels) {
  add(prometheus::MetricType::Counter, name, help, labels).counter.value =
      value;
}

void metric_families::gauge(const std::string& name, const std::string& help,
                            double value, metric_labels labels) {
  add(prometheus::MetricType::Gauge, name, help, labels).gauge.value = value;
}

void metric_families::histogram(const std::string& name,
                                const std::string& help,
                                std::span<const double> bounds,
                                std::span<const double> counts, double sum,
                                metric_labels labels) {
  auto& out =
      add(prometheus::MetricType::Histogram, name, help, labels).histogram;
  double below = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    auto& bucket = out.bucket.emplace_back();
    bucket.cumulative_count = static_cast<std::uint64_t>(below);
    bucket.upper_bound =
        i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
  }
  out.sample_count = static_cast<std::uint64_t>(below);
  out.sample_sum = sum;
}

std::string metric_families::render() const {
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families_);
  return out.str();
}

} // namespace net
