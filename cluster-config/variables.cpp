#include "cluster-config/variables.hpp"

#include "cluster-config/loader.hpp"
#include "cluster-config/nearest.hpp"
#include "cluster-config/option_table.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

extern char** environ;

namespace config {

namespace {

raw_value::list split(std::string_view text, const std::string& place) {
  raw_value::list items;
  while (!text.empty()) {
    auto comma = std::min(text.find(','), text.size());
    auto item = text.substr(0, comma);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    items.push_back(raw_value{std::string{item}, place});
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

} // namespace

raw_value value_of_variable(const std::string& name, const std::string& text,
                            variable_form form) {
  raw_value result{text, "environment: " + printable(name)};
  switch (form) {
  case variable_form::text:
    break;
  case variable_form::integer: {
    std::int64_t number = 0;
    auto end = text.data() + text.size();
    auto [last, problem] = std::from_chars(text.data(), end, number);
    if (problem == std::errc{} && last == end)
      result.data = number;
    break;
  }
  case variable_form::boolean:
    if (text == "true" || text == "false")
      result.data = text == "true";
    break;
  case variable_form::list:
    result.data = split(text, result.place);
    break;
  }
  return result;
}

bool set_by_container_platform(std::string_view name, std::string_view text) {
  auto has = [](std::string_view in, std::string_view what) {
    return in.find(what) != std::string_view::npos;
  };
  // ROOST_SERVICE_HOST, ROOST_SERVICE_PORT, ROOST_SERVICE_PORT_HTTP
  if (name.ends_with("_SERVICE_HOST") || has(name, "_SERVICE_PORT"))
    return true;
  // ROOST_PORT_8000_TCP, ROOST_PORT_8000_TCP_ADDR
  if (has(name, "_PORT_")
      && (has(name, "_TCP") || has(name, "_UDP") || has(name, "_SCTP")))
    return true;
  // ROOST_PORT=tcp://10.0.0.1:8000
  return name.ends_with("_PORT") && has(text, "://");
}

const option<node_config>* option_of_variable(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string, const option<node_config>*> map;
    for (const auto& x : node_options())
      map.emplace(variable_name(x.key), &x);
    return map;
  }();
  auto found = by_name.find(std::string{name});
  return found == by_name.end() ? nullptr : found->second;
}

std::string nearest_variable(std::string_view name) {
  std::vector<std::string> known{std::string{namespaces_variable}};
  for (const auto& x : node_options())
    known.push_back(variable_name(x.key));
  return nearest(name, known);
}

environment process_environment() {
  environment result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    // `roost ctl` has variables of its own, which an admin may export.
    if (text.starts_with("ROOST_") && !text.starts_with("ROOST_CTL_")
        && equals != std::string_view::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

} // namespace config
