#include "cluster-config/checks.hpp"
#include "cluster-config/quantity.hpp"
#include "cluster-config/raw_value.hpp"

#include <algorithm>

namespace config {

namespace {

void check_history(const channel_options& x, const std::string& prefix,
                   const key_places& places) {
  auto size = x.history_size > 0;
  auto age = x.history_ttl.count() > 0;
  if (size == age)
    return;
  auto key = prefix
             + (places.written(prefix + "history_size") ? "history_size"
                                                        : "history_ttl");
  places.refuse(key,
                "history_size " + std::to_string(x.history_size)
                    + " with history_ttl "
                    + in_quotes(write_duration(x.history_ttl)),
                "history_size and history_ttl both above 0, or neither");
}

void check_needs_history(const channel_options& x, const std::string& prefix,
                         const key_places& places) {
  const std::pair<const char*, bool> users[] = {
      {"force_positioning", x.force_positioning},
      {"allow_positioning", x.allow_positioning},
      {"force_recovery", x.force_recovery},
      {"allow_recovery", x.allow_recovery},
  };
  for (const auto& [key, on] : users)
    if (on && !x.has_history())
      places.refuse(prefix + key, "true without history",
                    "false, or history_size and history_ttl above 0");
}

void settle_replicas(channel_options& x, const std::string& prefix,
                     const key_places& places) {
  const auto key = prefix + "replicas";
  if (!places.written(key))
    x.replicas = x.has_history() ? 1 : 0;
  if (x.replicas > 0 && !x.has_history())
    places.refuse(key, std::to_string(x.replicas) + " without history",
                  "0, or history_size and history_ttl above 0");
}

void check_options(channel_options& x, const std::string& prefix,
                   const key_places& places) {
  check_history(x, prefix, places);
  check_needs_history(x, prefix, places);
  settle_replicas(x, prefix, places);
}

} // namespace

void check_channels(node_config& config, const key_places& places) {
  check_options(config.channel.without_namespace, "channel.without_namespace.",
                places);
  // The map has no order; the first error should be the same every time.
  std::vector<channel_options*> all;
  for (auto& entry : config.channel.namespaces)
    all.push_back(&entry.second);
  std::sort(all.begin(), all.end(),
            [](auto* a, auto* b) { return a->name < b->name; });
  for (auto* x : all)
    check_options(*x, "channel.namespaces." + x->name + ".", places);
  const auto& personal = config.client.user_subscribe_to_personal;
  const auto& name = personal.personal_channel_namespace;
  if (!name.empty() && !config.channel.namespaces.contains(name))
    places.refuse(
        "client.user_subscribe_to_personal.personal_channel_namespace",
        in_quotes(name), "the name of one of [[channel.namespaces]], or \"\"");
}

} // namespace config
