#include "cluster-config/toml_text.hpp"

#include "cluster-config/loader.hpp"

#include <toml.hpp>

#include <algorithm>
#include <sstream>

namespace config {

namespace {

/// Makes our tree; `place_of` names the place of a TOML value.
template <class PlaceOf>
raw_value convert(const toml::value& x, const PlaceOf& place_of) {
  raw_value result;
  result.place = place_of(x);
  switch (x.type()) {
  case toml::value_t::string:
    result.data = x.as_string().str;
    break;
  case toml::value_t::integer:
    result.data = static_cast<std::int64_t>(x.as_integer());
    break;
  case toml::value_t::boolean:
    result.data = static_cast<bool>(x.as_boolean());
    break;
  case toml::value_t::array: {
    raw_value::list items;
    for (const auto& item : x.as_array())
      items.push_back(convert(item, place_of));
    result.data = std::move(items);
    break;
  }
  case toml::value_t::table: {
    // toml11 forgets the order; the first error of a file should be first.
    std::vector<std::pair<std::size_t, const toml::table::value_type*>> order;
    for (const auto& entry : x.as_table())
      order.emplace_back(entry.second.location().line(), &entry);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first
                                : a.second->first < b.second->first;
    });
    raw_value::table entries;
    for (const auto& [line, entry] : order)
      entries.push_back({entry->first, convert(entry->second, place_of)});
    result.data = std::move(entries);
    break;
  }
  default: {
    std::ostringstream text;
    text << x;
    result.data = raw_value::other{text.str()};
  }
  }
  return result;
}

toml::value parse(const std::string& text) {
  std::istringstream in{text};
  return toml::parse(in, "text");
}

/// toml11 explains over several lines and quotes the file, which may hold a
/// secret: this is the first line, without its function's name.
std::string reason(const toml::exception& problem) {
  std::string what = problem.what();
  what.resize(std::min(what.find('\n'), what.size()));
  if (what.starts_with("[error] "))
    what.erase(0, 8);
  if (what.starts_with("toml::"))
    if (auto colon = what.find(": "); colon != std::string::npos)
      what.erase(0, colon + 2);
  return printable(what);
}

/// JSON as TOML: both write strings alike, so it is enough to change what
/// stands between strings. Line ends go since inline tables cannot have them.
std::string json_to_toml(const std::string& json) {
  std::string result;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (in_string && c == '\\' && i + 1 < json.size()) {
      if (json[i + 1] != '/')
        result += c;
      result += json[++i];
      continue;
    }
    if (c == '"')
      in_string = !in_string;
    if (!in_string && c == ':')
      c = '=';
    if (!in_string && (c == '\n' || c == '\r'))
      c = ' ';
    result += c;
  }
  return result;
}

} // namespace

raw_value read_toml(const std::string& text, const std::string& file) {
  try {
    return convert(parse(text), [&](const toml::value& x) {
      auto line = std::max<std::size_t>(x.location().line(), 1);
      return file + ":" + std::to_string(line);
    });
  } catch (const toml::exception& problem) {
    throw error{file + ":" + std::to_string(problem.location().line())
                + ": is not TOML: " + reason(problem)};
  } catch (const std::exception& problem) {
    throw error{file + ":1: is not TOML: " + printable(problem.what())};
  }
}

raw_value read_toml_value(const std::string& text, const std::string& place,
                          const std::string& key) {
  auto read = [&](const std::string& value) {
    auto table = parse("value = " + value + "\n");
    if (table.as_table().size() != 1)
      throw std::invalid_argument{"more than one value"};
    return convert(table.as_table().at("value"),
                   [&](const toml::value&) { return place; });
  };
  try {
    return read(text);
  } catch (const std::exception&) {
    try {
      return read(json_to_toml(text));
    } catch (const std::exception&) {
      throw error{place + ": " + key
                  + ": found neither TOML nor JSON; allowed: an array of"
                    " tables, such as [{name = \"chat\"}]"};
    }
  }
}

} // namespace config
