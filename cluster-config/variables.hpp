#pragma once

#include "cluster-config/option.hpp"
#include "cluster-config/raw_value.hpp"

#include <string>
#include <string_view>

namespace config {

/// The whole of `[[channel.namespaces]]`, as an array of tables.
inline constexpr std::string_view namespaces_variable =
    "ROOST_CHANNEL_NAMESPACES";

/// What the text of a variable stands for.
raw_value value_of_variable(const std::string& name, const std::string& text,
                            variable_form form);

/// Whether Kubernetes or Docker sets such a variable in every container that
/// can reach a service named "roost" or "roost-...".
bool set_by_container_platform(std::string_view name, std::string_view text);

/// The option that a variable overrides, or nullptr.
const option<node_config>* option_of_variable(std::string_view name);

/// The known variable that `name` was likely meant to be, or "".
std::string nearest_variable(std::string_view name);

} // namespace config
