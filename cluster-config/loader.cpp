#include "cluster-config/loader.hpp"

#include "cluster-config/checks.hpp"
#include "cluster-config/nearest.hpp"
#include "cluster-config/option_table.hpp"
#include "cluster-config/places.hpp"
#include "cluster-config/text_file.hpp"
#include "cluster-config/toml_text.hpp"
#include "cluster-config/variables.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace config {

namespace {

const std::string namespaces_key = "channel.namespaces";

std::string join(const std::string& section, const std::string& key) {
  return section.empty() ? key : section + "." + key;
}

/// Whether `name` is a section or holds one.
bool is_section(const std::string& name) {
  return std::any_of(sections().begin(), sections().end(), [&](const auto& s) {
    return s.name == name || s.name.starts_with(name + ".");
  });
}

/// What may stand directly in the section, without its name.
std::vector<std::string> names_in(const std::string& section) {
  std::vector<std::string> result;
  auto prefix = section.empty() ? section : section + ".";
  auto add = [&](const std::string& full) {
    if (!full.starts_with(prefix))
      return;
    auto name = full.substr(prefix.size());
    name.resize(std::min(name.find('.'), name.size()));
    if (std::find(result.begin(), result.end(), name) == result.end())
      result.push_back(name);
  };
  for (const auto& x : sections())
    add(x.name);
  for (const auto& x : node_options())
    add(x.key);
  add(namespaces_key);
  return result;
}

/// " (nearest: KEY)" with the key that was likely meant.
std::string hint(const std::string& section, const std::string& name) {
  auto near = nearest(name, names_in(section));
  if (!near.empty())
    return " (nearest: " + join(section, near) + ")";
  for (const auto& x : node_options())
    if (x.key.ends_with("." + name))
      return " (nearest: " + x.key + ")";
  return {};
}

[[noreturn]] void refuse_unknown(const std::string& section,
                                 const std::string& name,
                                 const raw_value& value) {
  std::string allowed;
  if (section.empty()) {
    for (const auto& x : names_in(section))
      allowed += (allowed.empty() ? "[" : ", [") + x + "]";
  } else {
    allowed = "the keys of [" + section + "]";
  }
  bool table = std::holds_alternative<raw_value::table>(value.data);
  refuse(value.place, join(section, name),
         table ? "an unknown section" : "an unknown key",
         allowed + hint(section, name));
}

/// Sets `target` from `value`, or refuses it under the name `key`.
template <class Target>
void set(const option<Target>& option, const std::string& key, Target& target,
         const raw_value& value) {
  try {
    option.set(target, value);
  } catch (const bad_value& bad) {
    refuse(value.place, key, bad.found, option.allowed);
  }
}

/// Letters, digits, '-', '_' and '.', two or more.
bool is_namespace_name(const std::string& name) {
  return name.size() >= 2
         && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789-_.")
                == std::string::npos;
}

class reader {
public:
  explicit reader(const std::string& file) : places_{file} {}

  /// Reads the table of the section; "" is the whole file.
  void read_section(const std::string& section, const raw_value& value) {
    auto* table = std::get_if<raw_value::table>(&value.data);
    if (table == nullptr)
      refuse(value.place, section, describe(value),
             "a section [" + section + "]");
    for (const auto& [name, entry] : *table) {
      auto key = join(section, name);
      if (key == namespaces_key) {
        read_namespaces(entry);
      } else if (is_section(key)) {
        enter(key, entry);
        read_section(key, entry);
      } else if (auto* option = find_option(key)) {
        read_option(*option, entry);
      } else {
        refuse_unknown(section, name, entry);
      }
    }
  }

  void read_variables(const environment& variables) {
    for (const auto& [name, text] : variables) {
      if (auto* option = option_of_variable(name))
        read_option(*option, value_of_variable(name, text, option->form));
      else if (name == namespaces_variable)
        read_namespaces(
            read_toml_value(text, "environment: " + name, namespaces_key));
      else if (!set_by_container_platform(name, text))
        refuse_variable(name);
    }
  }

  node_config finish(const std::filesystem::path& folder) {
    check(config_, places_, folder);
    return std::move(config_);
  }

private:
  void enter(const std::string& section, const raw_value& value) {
    places_.set(section, value.place);
    if (section == "cluster" && !config_.cluster)
      config_.cluster.emplace();
  }

  void read_option(const option<node_config>& option, const raw_value& value) {
    set(option, option.key, config_, value);
    places_.set(option.key, value.place);
  }

  void read_namespaces(const raw_value& value) {
    auto* list = std::get_if<raw_value::list>(&value.data);
    if (list == nullptr)
      refuse(value.place, namespaces_key, describe(value),
             "tables [[channel.namespaces]]");
    config_.channel.namespaces.clear();
    places_.set(namespaces_key, value.place);
    for (std::size_t i = 0; i < list->size(); ++i)
      read_namespace((*list)[i],
                     namespaces_key + "[" + std::to_string(i) + "]");
  }

  /// `unnamed` is what errors call the namespace until its name is known.
  void read_namespace(const raw_value& value, const std::string& unnamed) {
    auto* table = std::get_if<raw_value::table>(&value.data);
    if (table == nullptr)
      refuse(value.place, unnamed, describe(value),
             "tables [[channel.namespaces]]");
    channel_options result;
    read_name(*table, value.place, unnamed, result);
    auto prefix = namespaces_key + "." + result.name;
    places_.set(prefix, value.place);
    for (const auto& [name, entry] : *table)
      read_namespace_option(prefix, name, entry, result);
    config_.channel.namespaces.emplace(result.name, std::move(result));
  }

  void read_name(const raw_value::table& table, const std::string& place,
                 const std::string& unnamed, channel_options& result) {
    const auto& option = namespace_options().front();
    auto key = unnamed + "." + option.key;
    auto found = std::find_if(table.begin(), table.end(), [&](const auto& x) {
      return x.name == option.key;
    });
    if (found == table.end())
      refuse(place, key, "none", option.allowed);
    set(option, key, result, found->value);
    if (!is_namespace_name(result.name))
      refuse(found->value.place, key, in_quotes(result.name), option.allowed);
    if (config_.channel.namespaces.contains(result.name))
      refuse(found->value.place, key, in_quotes(result.name) + " again",
             "each name once");
  }

  void read_namespace_option(const std::string& prefix, const std::string& name,
                             const raw_value& value, channel_options& result) {
    std::vector<std::string> known;
    for (const auto& option : namespace_options()) {
      if (option.key == name) {
        set(option, join(prefix, name), result, value);
        places_.set(join(prefix, name), value.place);
        return;
      }
      known.push_back(option.key);
    }
    auto near = nearest(name, known);
    refuse(value.place, join(prefix, name), "an unknown key",
           "the keys of [[channel.namespaces]]"
               + (near.empty() ? near : " (nearest: " + near + ")"));
  }

  [[noreturn]] void refuse_variable(const std::string& name) {
    auto near = nearest_variable(name);
    throw error{"environment: " + printable(name)
                + ": found an unknown variable; allowed: ROOST_SECTION_KEY for"
                  " a key of the configuration"
                + (near.empty() ? near : " (nearest: " + near + ")")};
  }

  node_config config_;
  key_places places_;
};

} // namespace

node_config parse(const std::string& text, const std::filesystem::path& file,
                  const environment& variables) {
  auto name = printable(file.string());
  reader in{name};
  in.read_section("", read_toml(text, name));
  in.read_variables(variables);
  return in.finish(file.parent_path());
}

node_config load(const std::filesystem::path& file,
                 const environment& variables) {
  if (auto text = read_text_file(file.string()))
    return parse(*text, file, variables);
  throw error{printable(file.string())
              + ": cannot be read: " + std::strerror(errno)};
}

} // namespace config
