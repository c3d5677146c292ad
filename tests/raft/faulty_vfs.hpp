#pragma once

#include <cstdint>
#include <string>

namespace actors {

/// SQLite's way to a disk that fails, on one thread.
class faulty_vfs {
public:
  static constexpr const char* name = "faulty";

  enum class fault {
    write_error,
    disk_full,
    sync_error,
    power, ///< Nothing fails before all does: the disk is gone.
  };

  /// From the `at`-th write, sync or truncation on (0 for never) everything
  /// fails. One at a time.
  faulty_vfs(std::uint64_t at, fault how);
  ~faulty_vfs();

  faulty_vfs(const faulty_vfs&) = delete;
  faulty_vfs& operator=(const faulty_vfs&) = delete;

  bool failed() const;

  /// Gives all files the content that they had when they were last synced.
  void lose_what_is_not_synced();
};

} // namespace actors
