#pragma once

#include "actors/raft/raft_group.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

/// A file that cannot be read, written or believed. what() is a sentence that
/// names the file.
struct storage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One that may be there for another attempt: somebody else has it, or the disk
/// is full.
struct storage_unavailable : storage_error {
  using storage_error::storage_error;
};

/// What an entry of the log is. The values are stored and sent.
enum class entry_type : std::uint8_t {
  command = 1,
  barrier = 2,
  configuration = 3,
};

/// An entry of the log whose bytes belong to somebody else.
struct entry_view {
  std::uint64_t term = 0;
  entry_type type = entry_type::command;
  std::string_view data;
};

struct stored_entry {
  std::uint64_t term = 0;
  entry_type type = entry_type::command;
  std::string data;

  operator entry_view() const { return {term, type, data}; }
  bool operator==(const stored_entry&) const = default;
};

/// The state after the entry `index`, in place of all entries up to it.
struct stored_snapshot {
  std::uint64_t index = 0;
  std::uint64_t term = 0;
  std::uint64_t configuration_index = 0;
  std::string data;

  bool operator==(const stored_snapshot&) const = default;
};

/// All that a member must remember.
struct stored_state {
  std::string self;                 ///< The member whose memory this is.
  std::vector<std::string> members; ///< Of its group, sorted.
  std::uint64_t term = 0;
  std::uint64_t voted_for = 0; ///< In `term`; 0 for nobody.
  std::optional<stored_snapshot> snapshot;
  std::uint64_t first_index = 1; ///< Of `entries`; also when there are none.
  std::vector<stored_entry> entries;

  bool operator==(const stored_state&) const = default;
};

/// Where a member of a group keeps its term, vote, log and snapshot.
///
/// What a call did is durable when it returns, and a call has either done all
/// or nothing, also when the process dies in it. A call that fails throws
/// storage_error; what it did is unknown until `load` of a storage opened
/// anew, and the member must do nothing more in the meantime.
class raft_storage {
public:
  virtual ~raft_storage() = default;

  /// What it is called in a sentence, such as the path of a file.
  virtual std::string name() const = 0;

  /// What is stored; none before `create`.
  virtual std::optional<stored_state> load() = 0;

  /// Stores the first state of a new member: `first` is entry 1.
  virtual void create(const std::string& self, const raft_group& group,
                      const stored_entry& first) = 0;

  /// Stores a higher term, in which there is no vote yet.
  virtual void set_term(std::uint64_t term) = 0;

  virtual void set_vote(std::uint64_t voted_for) = 0;

  /// Appends `entries`, the first of which gets the number `first_index`,
  /// the one after the last.
  virtual void append(std::uint64_t first_index,
                      std::span<const entry_view> entries) = 0;

  /// Drops the entry `index` and those after it.
  virtual void truncate(std::uint64_t index) = 0;

  /// Replaces the snapshot by one of this member's own log, and drops the
  /// entries up to `keep_after`.
  virtual void put_snapshot(const stored_snapshot& snapshot,
                            std::uint64_t keep_after) = 0;

  /// Replaces the snapshot and the whole log by what the leader sent.
  virtual void install_snapshot(const stored_snapshot& snapshot) = 0;

  /// The snapshot; none when there is none.
  virtual std::optional<stored_snapshot> load_snapshot() = 0;
};

/// Throws storage_error when `state` cannot be what a member stored: gaps,
/// terms that go back. `where` begins the sentence.
void check_stored_state(const stored_state& state, const std::string& where);

} // namespace actors
