#include "cluster-config/format.hpp"

#include "cluster-config/quantity.hpp"

#include <algorithm>
#include <stdexcept>

namespace config {

namespace {

template <class T>
const T& expect(const raw_value& x) {
  if (auto* value = std::get_if<T>(&x.data))
    return *value;
  throw bad_value{describe(x)};
}

constexpr std::size_t most_listen_addresses = 16;

bool identifier_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

address read_address(const raw_value& x, bool any_port) {
  auto result = parse_address(expect<std::string>(x));
  if (!result || (result->port == 0 && !any_port))
    throw bad_value{describe(x)};
  return *result;
}

/// "*", what browsers send for pages without a host, or SCHEME://HOST[:PORT],
/// where HOST may start with "*.".
bool is_origin(std::string_view text) {
  if (text == "*" || text == "null" || text == "file://")
    return true;
  auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0)
    return false;
  auto host = text.substr(scheme + 3);
  if (host.starts_with("*."))
    host.remove_prefix(2);
  return !host.empty() && host.find_first_of("*/?# ") == host.npos;
}

template <class Items, class Show>
std::string show_list(const Items& items, Show show) {
  std::string result = "[";
  for (const auto& item : items) {
    if (result.size() > 1)
      result += ", ";
    result += in_quotes(show(item));
  }
  return result + "]";
}

} // namespace

format<std::string> text(std::string allowed) {
  return {std::move(allowed), variable_form::text, false,
          [](const raw_value& x) { return expect<std::string>(x); },
          [](const std::string& x) {
            return in_quotes(x);
          }};
}

format<std::string> secret_text(std::string allowed) {
  return {std::move(allowed), variable_form::text, true,
          [](const raw_value& x) {
            if (auto* value = std::get_if<std::string>(&x.data))
              return *value;
            throw bad_value{describe_kind(x)};
          },
          [](const std::string&) {
            return in_quotes("");
          }};
}

format<std::string> identifier(bool may_be_empty) {
  auto read = [may_be_empty](const raw_value& x) {
    const auto& value = expect<std::string>(x);
    if (value.size() > 128 || (value.empty() && !may_be_empty)
        || !std::all_of(value.begin(), value.end(), identifier_character))
      throw bad_value{describe(x)};
    return value;
  };
  return {"letters, digits, '-', '_' and '.', at most 128", variable_form::text,
          false, read, [](const std::string& x) {
            return in_quotes(x);
          }};
}

format<bool> boolean() {
  return {"true or false", variable_form::boolean, false,
          [](const raw_value& x) { return expect<bool>(x); },
          [](const bool& x) -> std::string {
            return x ? "true" : "false";
          }};
}

format<std::uint32_t> integer(std::uint32_t least, std::uint32_t most) {
  auto read = [least, most](const raw_value& x) {
    auto value = expect<std::int64_t>(x);
    if (value < least || value > most)
      throw bad_value{describe(x)};
    return static_cast<std::uint32_t>(value);
  };
  return {"an integer from " + std::to_string(least) + " to "
              + std::to_string(most),
          variable_form::integer, false, read, [](const std::uint32_t& x) {
            return std::to_string(x);
          }};
}

format<std::size_t> bytes(std::size_t least, std::size_t most) {
  auto read = [least, most](const raw_value& x) {
    std::optional<std::size_t> value;
    if (auto* number = std::get_if<std::int64_t>(&x.data)) {
      if (*number >= 0)
        value = static_cast<std::size_t>(*number);
    } else {
      value = parse_bytes(expect<std::string>(x));
    }
    if (!value || *value < least || *value > most)
      throw bad_value{describe(x)};
    return *value;
  };
  auto show = [](const std::size_t& x) {
    auto shown = write_bytes(x);
    return shown.ends_with('B') ? in_quotes(shown) : shown;
  };
  return {"a size from " + write_bytes(least) + " to " + write_bytes(most),
          variable_form::integer, false, read, show};
}

format<duration> time(duration least, duration most) {
  auto read = [least, most](const raw_value& x) {
    auto value = parse_duration(expect<std::string>(x));
    if (!value || *value < least || *value > most)
      throw bad_value{describe(x)};
    return *value;
  };
  return {"a duration from " + in_quotes(write_duration(least)) + " to "
              + in_quotes(write_duration(most)),
          variable_form::text, false, read, [](const duration& x) {
            return in_quotes(write_duration(x));
          }};
}

format<duration> whole_seconds(duration least, duration most) {
  auto result = time(least, most);
  result.allowed += " in whole seconds";
  result.read = [read = result.read](const raw_value& x) {
    auto value = read(x);
    if (value.count() % 1000 != 0)
      throw bad_value{describe(x)};
    return value;
  };
  return result;
}

format<address> listen_address() {
  return {"\"host:port\", an IPv6 host in brackets", variable_form::text, false,
          [](const raw_value& x) { return read_address(x, true); },
          [](const address& x) {
            return in_quotes(to_string(x));
          }};
}

format<std::vector<socket_address>> listen_addresses() {
  auto read = [](const raw_value& x) {
    raw_value::list one{x};
    const auto* items = std::get_if<raw_value::list>(&x.data);
    if (items == nullptr)
      items = &one;
    if (items->empty() || items->size() > most_listen_addresses)
      throw bad_value{items->empty()
                          ? "an empty array"
                          : std::to_string(items->size()) + " addresses"};
    std::vector<socket_address> result;
    for (const auto& item : *items) {
      auto address = parse_socket_address(expect<std::string>(item));
      if (!address)
        throw bad_value{describe(item)};
      result.push_back(std::move(*address));
    }
    return result;
  };
  auto show = [](const std::vector<socket_address>& x) {
    return x.size() == 1 ? in_quotes(to_string(x.front()))
                         : show_list(x, [](const socket_address& a) {
                             return to_string(a);
                           });
  };
  return {"\"host:port\", an IPv6 host in brackets, \"unix:PATH\", or an array "
          "of up to "
              + std::to_string(most_listen_addresses) + " such",
          variable_form::list, false, read, show};
}

format<address> peer_address() {
  auto read = [](const raw_value& x) {
    auto result =
        expect<std::string>(x).empty() ? address{} : read_address(x, false);
    if (result.wildcard())
      throw bad_value{describe(x)};
    return result;
  };
  return {"\"host:port\" that other nodes can reach, an IPv6 host in brackets",
          variable_form::text, false, read, [](const address& x) {
            return in_quotes(to_string(x));
          }};
}

format<std::vector<address>> peer_addresses() {
  auto read = [](const raw_value& x) {
    std::vector<address> result;
    for (const auto& item : expect<raw_value::list>(x)) {
      result.push_back(read_address(item, false));
      if (result.back().wildcard())
        throw bad_value{describe(item)};
    }
    return result;
  };
  return {"an array of \"host:port\", an IPv6 host in brackets",
          variable_form::list, false, read, [](const std::vector<address>& x) {
            return show_list(x, [](const address& a) { return to_string(a); });
          }};
}

format<std::vector<std::string>> origins() {
  auto read = [](const raw_value& x) {
    std::vector<std::string> result;
    for (const auto& item : expect<raw_value::list>(x)) {
      result.push_back(expect<std::string>(item));
      if (!is_origin(result.back()))
        throw bad_value{describe(item)};
    }
    return result;
  };
  return {"an array of \"*\", \"https://example.com\", "
          "\"https://*.example.com\", \"null\" or \"file://\"",
          variable_form::list, false, read,
          [](const std::vector<std::string>& x) {
            return show_list(x, [](const std::string& o) { return o; });
          }};
}

format<node_roles> roles() {
  auto read = [](const raw_value& x) {
    node_roles result{false, false};
    for (const auto& item : expect<raw_value::list>(x)) {
      const auto& role = expect<std::string>(item);
      if (role != "gateway" && role != "coordinator")
        throw bad_value{describe(item)};
      (role == "gateway" ? result.gateway : result.coordinator) = true;
    }
    if (!result.gateway && !result.coordinator)
      throw bad_value{"an empty array"};
    return result;
  };
  auto show = [](const node_roles& x) {
    std::vector<std::string> names;
    if (x.gateway)
      names.push_back("gateway");
    if (x.coordinator)
      names.push_back("coordinator");
    return show_list(names, [](const std::string& name) { return name; });
  };
  return {"an array of \"gateway\" and \"coordinator\", one at least",
          variable_form::list, false, read, show};
}

format<delta_types> deltas() {
  auto read = [](const raw_value& x) {
    delta_types result;
    for (const auto& item : expect<raw_value::list>(x)) {
      if (expect<std::string>(item) != "fossil")
        throw bad_value{describe(item)};
      result.fossil = true;
    }
    return result;
  };
  auto show = [](const delta_types& x) {
    std::vector<std::string> names;
    if (x.fossil)
      names.emplace_back("fossil");
    return show_list(names, [](const std::string& name) { return name; });
  };
  return {"an array with \"fossil\" or without anything", variable_form::list,
          false, read, show};
}

format<trusted_proxies> proxies() {
  auto read = [](const raw_value& x) {
    trusted_proxies result;
    for (const auto& item : expect<raw_value::list>(x)) {
      const auto& text = expect<std::string>(item);
      if (text == unix_peers) {
        result.unix_peers = true;
        continue;
      }
      const auto network = parse_network(text);
      if (!network)
        throw bad_value{describe(item)};
      result.networks.push_back(*network);
    }
    return result;
  };
  auto show = [](const trusted_proxies& x) {
    std::vector<std::string> shown;
    for (const auto& network : x.networks)
      shown.push_back(to_string(network));
    if (x.unix_peers)
      shown.emplace_back(unix_peers);
    return show_list(shown, [](const std::string& text) { return text; });
  };
  return {"an array of addresses and networks, such as \"10.0.0.0/8\" or "
          "\"2001:db8::1\", and \"unix:\"",
          variable_form::list, false, read, show};
}

format<transport_set> transports() {
  auto read = [](const raw_value& x) {
    transport_set result;
    for (const auto& item : expect<raw_value::list>(x)) {
      const auto known = transport_of(expect<std::string>(item));
      if (!known)
        throw bad_value{describe(item)};
      result.add(*known);
    }
    if (result.empty())
      throw bad_value{"an empty array"};
    return result;
  };
  auto show = [](const transport_set& x) {
    std::vector<std::string> names;
    for (const auto name : transport_names)
      if (x.has(*transport_of(name)))
        names.emplace_back(name);
    return show_list(names, [](const std::string& name) { return name; });
  };
  std::string allowed = "an array of ";
  for (const auto name : transport_names)
    allowed += in_quotes(std::string{name})
               + (name == transport_names[transport_count - 2]   ? " and "
                  : name == transport_names[transport_count - 1] ? ""
                                                                 : ", ");
  return {allowed + ", one at least", variable_form::list, false, read, show};
}

format<room_pattern> pattern() {
  auto read = [](const raw_value& x) {
    try {
      return room_pattern{expect<std::string>(x)};
    } catch (const std::invalid_argument&) {
      throw bad_value{describe(x)};
    }
  };
  return {"an ECMAScript regular expression without back references",
          variable_form::text, false, read, [](const room_pattern& x) {
            return in_quotes(x.text());
          }};
}

} // namespace config
