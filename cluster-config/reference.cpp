#include "cluster-config/reference.hpp"

#include "cluster-config/option_table.hpp"

#include <sstream>

namespace config {

namespace {

constexpr std::size_t text_width = 78;

/// Writes `text` in lines that start with `start`.
void write_wrapped(std::ostream& out, const std::string& start,
                   const std::string& text) {
  std::istringstream words{text};
  std::string line = start;
  for (std::string word; words >> word;) {
    if (line.size() > start.size()
        && line.size() + 1 + word.size() > text_width) {
      out << line << '\n';
      line = start;
    }
    if (line.size() > start.size())
      line += ' ';
    line += word;
  }
  out << line << '\n';
}

std::string section_of(const std::string& key) {
  return key.substr(0, key.rfind('.'));
}

std::string name_of(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

void write_namespaces(std::ostream& out) {
  write_wrapped(out, "# ",
                "Namespaces: room \"chat:lobby\" is in namespace \"chat\". Each"
                " has a name and the keys of [channel.without_namespace].");
  out << "#[[channel.namespaces]]\n"
         "#name = \"chat\"\n"
         "#history_size = 100\n"
         "#history_ttl = \"10m\"\n"
         "#force_recovery = true\n"
         "#presence = true\n"
         "#allow_subscribe_for_client = true\n"
         "#allow_publish_for_subscriber = true\n\n";
}

void write_section(std::ostream& out, const section_info& section) {
  node_config defaults;
  // An active [cluster] would need values that have no default.
  std::string comment = section.name == "cluster" ? "#" : "";
  out << "\n";
  write_wrapped(out, "# ", section.help);
  out << comment << '[' << section.name << "]\n\n";
  for (const auto& option : node_options()) {
    if (section_of(option.key) != section.name)
      continue;
    write_wrapped(out, "# ", option.help);
    write_wrapped(out, "# ", "Allowed: " + option.allowed + ".");
    out << comment << name_of(option.key) << " = " << option.show(defaults)
        << "\n\n";
  }
  if (section.name == "channel.without_namespace")
    write_namespaces(out);
}

/// Keeps a text in one cell of a table.
std::string cell(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '|')
      result += '\\';
    result += c;
  }
  return result;
}

void document_section(std::ostream& out, const section_info& section) {
  node_config defaults;
  out << "\n## [" << section.name << "]\n\n" << section.help << "\n\n";
  out << "| key | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const auto& option : node_options())
    if (section_of(option.key) == section.name)
      out << "| `" << name_of(option.key) << "` | `" << option.show(defaults)
          << "` | " << cell(option.allowed) << " | " << cell(option.help)
          << " |\n";
}

constexpr auto introduction = R"(# Configuration

This file is made from the declarations in `cluster-config/`; change it there
and write it again with `write_configuration_reference docs/configuration.md`.

A node reads one [TOML](https://toml.io) file: `roost node --config FILE`.
`roost default-config` prints a file with every key and its default, and
`roost check-config FILE` says whether a file is right without starting
anything. `cluster-config/` has samples: one node, three nodes on one machine,
and a cluster with TLS behind a load balancer.

What is not right is refused before anything listens, with exit status 2 and
one line, such as

```
node.toml:12: client.pong_timeout: found "30s"; allowed: less than client.ping_interval, which is "25s"
```

The values of secrets are never shown.

- Durations are texts: `"500ms"`, `"10s"`, `"1m30s"`, `"24h"`, `"30d"`.
- Sizes are numbers of bytes, or texts: `"64KiB"`, `"1MiB"`, `"1GiB"`.
- Addresses are `"host:port"`; an IPv6 host stands in brackets: `"[::1]:8000"`.
  Where clients and backends connect, `"unix:PATH"` is one, too.
- Relative paths start at the folder that the configuration file is in.

## Environment variables

Every key can be overridden by a variable: `ROOST_`, the section and the key in
capitals, joined with `_`. `ROOST_CLIENT_TOKEN_HMAC_SECRET_KEY` is
`hmac_secret_key` of `[client.token]`. Lists are separated by commas.
`ROOST_CHANNEL_NAMESPACES` takes the place of all `[[channel.namespaces]]`: an
array of tables in TOML or JSON, such as
`[{"name": "chat", "presence": true}]`. A variable `ROOST_...` that is none of
these is refused, except those that Kubernetes and Docker set for services and
those of `roost ctl` (`ROOST_CTL_...`).

## Namespaces

The namespace of a room is the text before the first `:` of its name, without a
leading `$`: `chat:lobby` and `$chat:staff` are in `chat`. Each table
`[[channel.namespaces]]` has a `name` (2 or more letters, digits, `-`, `_` and
`.`) and the keys of [[channel.without_namespace]](#channelwithout_namespace),
with the same defaults. A room whose namespace is not there is refused with
error 102.
)";

} // namespace

std::string default_config_text() {
  std::ostringstream out;
  write_wrapped(out, "# ",
                "Configuration of a Roost node: every key with its default. A"
                " key that is left out has this value. Each can be overridden"
                " by a variable ROOST_SECTION_KEY, such as ROOST_HTTP_LISTEN.");
  for (const auto& section : sections())
    write_section(out, section);
  auto text = out.str();
  text.pop_back();
  return text;
}

std::string configuration_markdown() {
  std::ostringstream out;
  out << introduction;
  for (const auto& section : sections())
    document_section(out, section);
  return out.str();
}

} // namespace config
