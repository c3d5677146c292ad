#include "cluster-config/option_table.hpp"

#include <unordered_map>

namespace config {

const std::vector<section_info>& sections() {
  static const std::vector<section_info> all{
      {"node", "This process."},
      {"http", "The public addresses: clients."},
      {"internal", "The addresses of the server API, admin commands, health and"
                   " metrics. Keep them off the public network."},
      {"api", "The server API, which backends use."},
      {"admin", "Admin commands (`roost ctl`)."},
      {"websocket", "Connections over WebSocket."},
      {"client", "Client connections, whatever their transport."},
      {"client.token", "How connection tokens (JWT) are checked. At least one"
                       " key, or nobody comes in with a token."},
      {"client.subscription_token",
       "How subscription tokens are checked, where that is not with the keys of"
       " [client.token]."},
      {"client.user_subscribe_to_personal",
       "Subscribes every user to a room of its own from the server's side."},
      {"channel.without_namespace", "What holds for rooms without namespace"
                                    " (no ':' in the name)."},
      {"cluster", "Makes the node part of a cluster. Without this section it is"
                  " a whole cluster by itself."},
      {"limits", "The bound of every queue and table that clients, backends or"
                 " other nodes can fill. What passes one is refused with an"
                 " error."},
      {"log", "What the process writes to its standard error."},
      {"shutdown", "What happens on SIGTERM."},
      {"metrics", "Numbers for Prometheus."},
  };
  return all;
}

const node_option_list& node_options() {
  static const node_option_list all = [] {
    node_option_list list;
    add_server_options(list);
    add_client_options(list);
    add_channel_options(list);
    add_cluster_options(list);
    add_limit_options(list);
    return list;
  }();
  return all;
}

const option<node_config>* find_option(std::string_view key) {
  static const auto by_key = [] {
    std::unordered_map<std::string_view, const option<node_config>*> map;
    for (const auto& x : node_options())
      map.emplace(x.key, &x);
    return map;
  }();
  auto found = by_key.find(key);
  return found == by_key.end() ? nullptr : found->second;
}

std::string variable_name(std::string_view key) {
  std::string result = "ROOST_";
  for (char c : key) {
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
    result += c == '.' ? '_' : c;
  }
  return result;
}

} // namespace config
