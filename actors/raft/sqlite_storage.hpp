#pragma once

#include "actors/raft/raft_storage.hpp"
#include "actors/raft/sqlite_file.hpp"

#include <memory>
#include <optional>
#include <string>

namespace actors {

/// The memory of a coordinator in one SQLite file (and the `-wal` next to it,
/// which belongs to it). Every call is one transaction that is on the disk when
/// it returns.
///
/// The file is locked while this lives. What it holds has checksums of its own
/// and is checked as a whole when it is opened.
class sqlite_storage final : public raft_storage {
public:
  /// Opens or makes the file; its folder must exist. Throws storage_error when
  /// it is in use, damaged, no coordinator's, or of a newer version.
  /// `vfs`: SQLite's way to the disk, for tests.
  explicit sqlite_storage(const std::string& path, const char* vfs = nullptr);
  ~sqlite_storage() override;

  std::string name() const override;
  std::optional<stored_state> load() override;
  void create(const std::string& self, const raft_group& group,
              const stored_entry& first) override;
  void set_term(std::uint64_t term) override;
  void set_vote(std::uint64_t voted_for) override;
  void append(std::uint64_t first_index,
              std::span<const entry_view> entries) override;
  void truncate(std::uint64_t index) override;
  void put_snapshot(const stored_snapshot& snapshot,
                    std::uint64_t keep_after) override;
  void install_snapshot(const stored_snapshot& snapshot) override;
  std::optional<stored_snapshot> load_snapshot() override;

private:
  struct statements;

  void recognize();
  void read_promise(stored_state& state);
  void read_log(stored_state& state);
  void write_promise(std::uint64_t term, std::uint64_t voted_for);
  void write_snapshot(const stored_snapshot& snapshot);
  [[noreturn]] void damaged(const std::string& what) const;

  sqlite_file file_;
  bool is_new_ = false;
  std::uint64_t term_ = 0;
  std::uint64_t voted_for_ = 0;
  std::uint64_t first_index_ = 1;
  std::unique_ptr<statements> sql_; ///< Once the tables are there.
};

} // namespace actors
