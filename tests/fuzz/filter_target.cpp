#include "actors/room/audience/tags_filter.hpp"
#include "proto/json_codec.hpp"
#include "proto/utf8.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <regex>

namespace fuzz {

namespace {

using actors::tags_filter;
using roost::client::FilterNode;

/// As many digits as any number here can have on a side of its point.
constexpr std::size_t digits = 8192;

/// A number as text that sorts as it does among those of its sign.
std::optional<std::string> sortable(const std::string& text) {
  static const std::regex form{"([-+]?)([0-9]+)([.]([0-9]+))?"};
  std::smatch parts;
  if (text.size() > digits || !std::regex_match(text, parts, form))
    return std::nullopt;
  auto whole = parts[2].str();
  auto fraction = parts[4].str();
  whole.insert(0, digits - whole.size(), '0');
  fraction.append(digits - fraction.size(), '0');
  auto out = whole + fraction;
  const bool zero = out.find_first_not_of('0') == std::string::npos;
  if (parts[1] != "-" || zero)
    return '1' + out;
  for (auto& c : out)
    c = static_cast<char>('0' + ('9' - c));
  return '0' + out;
}

/// The same filter the simple way.
bool simple_leaf(const FilterNode& leaf, const tags_filter::tags& tags) {
  const auto found = tags.find(leaf.key());
  const bool there = found != tags.end();
  const auto tag = there ? found->second : std::string{};
  const auto& cmp = leaf.cmp();
  if (cmp == "ex")
    return there;
  if (cmp == "nex")
    return !there;
  if (cmp == "in" || cmp == "nin")
    return (std::ranges::find(leaf.vals(), tag) != leaf.vals().end())
           == (cmp == "in");
  if (cmp == "neq")
    return !there || tag != leaf.val();
  if (!there)
    return false;
  if (cmp == "eq")
    return tag == leaf.val();
  if (cmp == "sw")
    return tag.starts_with(leaf.val());
  if (cmp == "ew")
    return tag.ends_with(leaf.val());
  if (cmp == "ct")
    return tag.find(leaf.val()) != std::string::npos;
  const auto a = sortable(tag);
  const auto b = sortable(leaf.val());
  if (!a || !b)
    return false;
  return cmp == "gt"    ? *a > *b
         : cmp == "gte" ? *a >= *b
         : cmp == "lt"  ? *a < *b
                        : *a <= *b;
}

bool simple(const FilterNode& node, const tags_filter::tags& tags) {
  const auto holds = [&tags](const FilterNode& x) {
    return simple(x, tags);
  };
  if (node.op() == "and")
    return std::ranges::all_of(node.nodes(), holds);
  if (node.op() == "or")
    return std::ranges::any_of(node.nodes(), holds);
  if (node.op() == "not")
    return !holds(node.nodes(0));
  return simple_leaf(node, tags);
}

/// The leaves of a tree that is no deeper than filters may be.
void each_leaf(const FilterNode& node,
               const std::function<void(const FilterNode&)>& visit) {
  if (node.op().empty())
    visit(node);
  for (const auto& x : node.nodes())
    if (!node.op().empty())
      each_leaf(x, visit);
}

void compare(const FilterNode& node, const tags_filter& filter,
             const tags_filter::tags& tags) {
  require(filter.matches(tags) == simple(node, tags),
          "a simple filter finds the same");
}

} // namespace

void tags_filter_json(std::string_view bytes) {
  FilterNode node;
  if (proto::parse_json(bytes, node))
    return;
  const auto made = tags_filter::make(node);
  if (const auto* why = std::get_if<std::string>(&made)) {
    require(!why->empty() && proto::is_utf8(*why), "a refusal has a reason");
    return;
  }
  const auto& filter = *std::get<0>(made);
  require(filter.key().size() < 3 * tags_filter::max_key_bytes
              && filter.bytes() < 32 * 1024,
          "a filter is bounded");
  const auto again = tags_filter::make(node);
  require(std::get<0>(again)->key() == filter.key(), "one tree has one key");
  // Tags that are near what it asks for: each of its values for each key.
  tags_filter::tags tags;
  compare(node, filter, tags);
  int left = 40;
  each_leaf(node, [&](const FilterNode& leaf) {
    const auto& value = leaf.vals_size() > 0 ? leaf.vals(0) : leaf.val();
    for (const auto& x : {value, value + '0', '-' + value, std::string{}}) {
      if (--left < 0)
        return;
      tags[leaf.key()] = x;
      compare(node, filter, tags);
    }
  });
}

} // namespace fuzz
