#include "actors/room/audience/tags_filter.hpp"

#include "actors/room/audience/decimal_order.hpp"

#include <algorithm>
#include <cstring>

namespace actors {

namespace {

using roost::client::FilterNode;

/// What a test is given beside the tag.
enum class operand : std::uint8_t { none, value, values, nodes, node };

/// Sizes in key(): two bytes, since all of it is below 64 KiB.
constexpr std::size_t size_bytes = 2;

void append_size(std::size_t size, std::string& out) {
  out.push_back(static_cast<char>(size >> 8 & 0xff));
  out.push_back(static_cast<char>(size & 0xff));
}

/// The value at the front of `values`, which loses it.
std::string_view take_value(std::string_view& values) {
  auto byte = [&](std::size_t i) {
    return std::size_t{static_cast<std::uint8_t>(values[i])};
  };
  auto size = byte(0) << 8 | byte(1);
  auto value = values.substr(size_bytes, size);
  values.remove_prefix(size_bytes + size);
  return value;
}

bool has_value(std::string_view values, std::string_view wanted) {
  while (!values.empty())
    if (take_value(values) == wanted)
      return true;
  return false;
}

} // namespace

struct tags_filter::test_name {
  std::string_view op;
  std::string_view cmp;
  test what;
  operand takes;
};

/// Nothing where there is none.
const tags_filter::test_name* tags_filter::find_test(std::string_view op,
                                                     std::string_view cmp) {
  static constexpr test_name names[] = {
      {"and", "", test::all, operand::nodes},
      {"or", "", test::any, operand::nodes},
      {"not", "", test::none, operand::node},
      {"", "eq", test::equal, operand::value},
      {"", "neq", test::not_equal, operand::value},
      {"", "in", test::in, operand::values},
      {"", "nin", test::not_in, operand::values},
      {"", "ex", test::exists, operand::none},
      {"", "nex", test::missing, operand::none},
      {"", "sw", test::starts_with, operand::value},
      {"", "ew", test::ends_with, operand::value},
      {"", "ct", test::contains, operand::value},
      {"", "gt", test::greater, operand::value},
      {"", "gte", test::greater_or_equal, operand::value},
      {"", "lt", test::less, operand::value},
      {"", "lte", test::less_or_equal, operand::value},
  };
  auto* found = std::ranges::find_if(names, [&](const test_name& name) {
    return name.op == op && (!op.empty() || name.cmp == cmp);
  });
  return found == std::end(names) ? nullptr : found;
}

// -- making -------------------------------------------------------------------

/// Writes the tree as one text, with a byte for each test and a size before
/// each part, and as the list of nodes that point into it.
class tags_filter::builder {
public:
  explicit builder(tags_filter& out) : out_(out) {}

  /// Whether it went well; when not, `problem()` says why.
  bool add(const FilterNode& in, std::size_t depth) {
    auto& nodes = out_.nodes_;
    if (depth > max_depth)
      return wrong("is nested more than " + std::to_string(max_depth)
                   + " deep");
    if (nodes.size() == max_nodes)
      return wrong("is one of more than " + std::to_string(max_nodes)
                   + " nodes");
    auto* name = find_test(in.op(), in.cmp());
    if (!name)
      return in.op().empty() ? unknown("cmp", in.cmp())
                             : unknown("op", in.op());
    auto at = nodes.size();
    nodes.push_back({name->what, 0, {}, {}});
    out_.key_.push_back(static_cast<char>(name->what));
    auto added =
        in.op().empty() ? add_leaf(in, *name) : add_nodes(in, *name, depth);
    nodes[at].end = static_cast<std::uint16_t>(nodes.size());
    return added;
  }

  /// Points the nodes at the text, which has its place now.
  void finish() {
    out_.key_.shrink_to_fit();
    out_.nodes_.shrink_to_fit();
    std::string_view rest = out_.key_;
    for (auto& node : out_.nodes_) {
      rest.remove_prefix(1);
      if (is_group(node.what)) {
        rest.remove_prefix(size_bytes);
        continue;
      }
      node.tag = take_value(rest);
      node.value = take_value(rest);
    }
  }

  std::string problem() const { return "the filter" + path_ + ' ' + problem_; }

private:
  static bool is_group(test what) { return what <= test::none; }

  bool wrong(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool unknown(std::string_view field, std::string_view value) {
    if (value.empty())
      return wrong("has no cmp");
    return wrong("has an unknown " + std::string{field});
  }

  bool add_nodes(const FilterNode& in, const test_name& name,
                 std::size_t depth) {
    auto count = static_cast<std::size_t>(in.nodes_size());
    if (name.takes == operand::node && count != 1)
      return wrong("is a \"not\" of other than one node");
    if (count == 0)
      return wrong("has no nodes");
    append_size(std::min(count, max_nodes), out_.key_);
    for (int i = 0; i < in.nodes_size(); ++i)
      if (!add(in.nodes(i), depth + 1)) {
        path_.insert(0, ".nodes[" + std::to_string(i) + ']');
        return false;
      }
    return true;
  }

  bool add_leaf(const FilterNode& in, const test_name& name) {
    auto takes_none = name.takes == operand::none;
    if (in.key().empty() && !takes_none)
      return wrong("has no key");
    if (in.val().empty() == (name.takes == operand::value))
      return wrong(in.val().empty() ? "has no val" : "has a val");
    if ((in.vals_size() == 0) == (name.takes == operand::values))
      return wrong(in.vals_size() == 0 ? "has no vals" : "has vals");
    auto& key = out_.key_;
    if (!fits(in.key().size()))
      return false;
    append_size(in.key().size(), key);
    key += in.key();
    return name.takes == operand::values ? add_values(in) : add_value(in.val());
  }

  bool add_value(std::string_view value) {
    if (!fits(value.size()))
      return false;
    append_size(value.size(), out_.key_);
    out_.key_ += value;
    return true;
  }

  /// Their order and how often they come mean nothing.
  bool add_values(const FilterNode& in) {
    std::vector<std::string_view> values{in.vals().begin(), in.vals().end()};
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::size_t size = 0;
    for (auto value : values)
      size += size_bytes + value.size();
    if (!fits(size))
      return false;
    append_size(size, out_.key_);
    for (auto value : values) {
      append_size(value.size(), out_.key_);
      out_.key_ += value;
    }
    return true;
  }

  bool fits(std::size_t size) {
    if (size <= max_key_bytes - std::min(out_.key_.size(), max_key_bytes))
      return true;
    return wrong("makes it larger than " + std::to_string(max_key_bytes)
                 + " bytes");
  }

  tags_filter& out_;
  std::string path_;
  std::string problem_;
};

tags_filter::made tags_filter::make(const FilterNode& root) {
  std::shared_ptr<tags_filter> filter{new tags_filter};
  builder build{*filter};
  if (!build.add(root, 1))
    return build.problem();
  build.finish();
  return std::shared_ptr<const tags_filter>{std::move(filter)};
}

std::size_t tags_filter::bytes() const noexcept {
  return sizeof *this + key_.capacity() + nodes_.capacity() * sizeof(node);
}

// -- matching -----------------------------------------------------------------

/// Whether the tag, null where there is none, is what the leaf asks for.
bool tags_filter::holds(const node& leaf, const std::string* tag) {
  // A set takes a tag that is missing for an empty one.
  std::string_view text = tag ? std::string_view{*tag} : std::string_view{};
  switch (leaf.what) {
  case test::equal:
    return tag && text == leaf.value;
  case test::not_equal:
    return !tag || text != leaf.value;
  case test::in:
    return has_value(leaf.value, text);
  case test::not_in:
    return !has_value(leaf.value, text);
  case test::exists:
    return tag;
  case test::missing:
    return !tag;
  case test::starts_with:
    return tag && text.starts_with(leaf.value);
  case test::ends_with:
    return tag && text.ends_with(leaf.value);
  case test::contains:
    // memmem is linear, whatever a stranger looks for.
    return tag
           && memmem(text.data(), text.size(), leaf.value.data(),
                     leaf.value.size());
  // A tag that is missing is no decimal.
  case test::greater:
    return compare_decimals(text, leaf.value) > 0;
  case test::greater_or_equal:
    return compare_decimals(text, leaf.value) >= 0;
  case test::less:
    return compare_decimals(text, leaf.value) < 0;
  case test::less_or_equal:
    return compare_decimals(text, leaf.value) <= 0;
  case test::all:
  case test::any:
  case test::none:
    break;
  }
  return false;
}

bool tags_filter::matches(std::size_t at, const tags& tags) const {
  auto& node = nodes_[at];
  if (node.what > test::none) {
    auto found = tags.find(node.tag);
    return holds(node, found == tags.end() ? nullptr : &found->second);
  }
  // `all` looks for a child that does not match, the others for one that does.
  auto sought = node.what != test::all;
  auto found = false;
  for (auto child = at + 1; child < node.end && !found;
       child = nodes_[child].end)
    found = matches(child, tags) == sought;
  return found == (node.what == test::any);
}

} // namespace actors
