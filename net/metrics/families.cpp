#include "net/metrics/families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
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
    metric.label.push_back({label, value});
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

std::string metric_families::render() const {
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families_);
  return out.str();
}

} // namespace net
