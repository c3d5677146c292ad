#pragma once

#include "cluster-config/option.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

using node_option_list = std::vector<option<node_config>>;
using namespace_option_list = std::vector<option<channel_options>>;

/// `[name]` in the file.
struct section_info {
  std::string name;
  std::string help;
};

/// Every section, in the order of the file.
const std::vector<section_info>& sections();

/// Every key of these sections, with its full name.
const node_option_list& node_options();

/// The keys of a table of `[[channel.namespaces]]`, `name` first.
const namespace_option_list& namespace_options();

/// The option with this key, or nullptr.
const option<node_config>* find_option(std::string_view key);

/// "http.listen" -> "ROOST_HTTP_LISTEN"
std::string variable_name(std::string_view key);

/// The bound of numbers that need no other: what is below it can be counted.
constexpr std::uint32_t many = 1'000'000'000;

// Parts of `node_options`, each in its own file.
void add_server_options(node_option_list& out);
void add_client_options(node_option_list& out);
void add_channel_options(node_option_list& out);
void add_cluster_options(node_option_list& out);
void add_limit_options(node_option_list& out);

} // namespace config
