#pragma once

#include "proto/client.pb.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace actors {

/// Which publications a subscriber wants, by their tags. Made once and shared
/// by all who ask the same.
class tags_filter {
public:
  static constexpr std::size_t max_depth = 16;
  static constexpr std::size_t max_nodes = 256;
  /// Of key(), which is about the size of the request.
  static constexpr std::size_t max_key_bytes = 4096;

  using tags = google::protobuf::Map<std::string, std::string>;
  using made = std::variant<std::shared_ptr<const tags_filter>, std::string>;

  /// The filter, or what is wrong with it.
  static made make(const roost::client::FilterNode& root);

  tags_filter(const tags_filter&) = delete;
  tags_filter& operator=(const tags_filter&) = delete;

  /// Equal for filters that mean the same tree.
  const std::string& key() const noexcept { return key_; }

  std::size_t bytes() const noexcept;

  bool matches(const tags& tags) const { return matches(0, tags); }

private:
  class builder;

  enum class test : std::uint8_t {
    all,
    any,
    none,
    equal,
    not_equal,
    in,
    not_in,
    exists,
    missing,
    starts_with,
    ends_with,
    contains,
    greater,
    greater_or_equal,
    less,
    less_or_equal
  };

  struct test_name;

  /// A tree in a list: a node's children follow it, up to `end`.
  struct node {
    test what;
    std::uint16_t end = 0;
    /// In key_: the tag, and what it is compared with; `in` has many values,
    /// each after its size.
    std::string_view tag;
    std::string_view value;
  };

  tags_filter() = default;

  static const test_name* find_test(std::string_view op, std::string_view cmp);
  static bool holds(const node& leaf, const std::string* tag);
  bool matches(std::size_t at, const tags& tags) const;

  std::string key_;
  std::vector<node> nodes_;
};

} // namespace actors
