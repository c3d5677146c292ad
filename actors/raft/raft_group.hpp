#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace actors {

/// One coordinator of a group.
struct raft_member {
  std::uint64_t id = 0; ///< Follows from the name; never 0.
  std::string name;     ///< The node's name, by which `send` reaches it.

  bool operator==(const raft_member&) const = default;
};

/// Which nodes decide together. The same names give the same group on every
/// node, in whatever order they were configured.
class raft_group {
public:
  /// Throws std::invalid_argument, with a sentence, when `names` is empty or
  /// has a name twice or one that is empty or has control characters.
  explicit raft_group(std::vector<std::string> names);

  /// Sorted by name.
  const std::vector<raft_member>& members() const { return members_; }
  std::size_t size() const { return members_.size(); }

  /// Null when there is no such member.
  const raft_member* find(std::uint64_t id) const;
  const raft_member* find(const std::string& name) const;

  /// Tells this group from others.
  std::uint64_t digest() const { return digest_; }

  /// The names, as an operator reads them: "a, b, c".
  std::string text() const;

  bool operator==(const raft_group& x) const { return members_ == x.members_; }

private:
  std::vector<raft_member> members_;
  std::uint64_t digest_ = 0;
};

} // namespace actors
