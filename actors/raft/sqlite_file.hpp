#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace actors {

class sqlite_file;

/// A prepared statement. Values are bound and read in order.
class sqlite_statement {
public:
  sqlite_statement(sqlite_file& file, const char* sql);
  ~sqlite_statement();

  sqlite_statement(const sqlite_statement&) = delete;
  sqlite_statement& operator=(const sqlite_statement&) = delete;

  /// Binds from the first parameter on. Bytes must outlive the run.
  template <class... Values>
  sqlite_statement& with(const Values&... values) {
    begin();
    int i = 0;
    (bind(++i, values), ...);
    return *this;
  }

  /// Goes to the next row; false after the last one.
  bool next();

  /// Runs a statement that has no rows.
  void run();

  std::uint64_t number(int column) const;
  std::string_view bytes(int column) const;

private:
  void begin();
  void bind(int i, std::uint64_t x);
  void bind(int i, std::string_view x);

  sqlite_file& file_;
  sqlite3_stmt* handle_ = nullptr;
};

/// An SQLite database of this process alone. Every failure is a storage_error
/// whose sentence names the file.
class sqlite_file {
public:
  /// Opens or makes it. `vfs`: SQLite's way to the disk, for tests.
  explicit sqlite_file(std::string path, const char* vfs = nullptr);
  ~sqlite_file();

  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;

  const std::string& path() const { return path_; }

  void run(const char* sql);
  std::uint64_t number(const char* sql);

  /// Runs `change` so that all of it is done and durable, or nothing.
  template <class Change>
  void atomically(Change change) {
    run("BEGIN IMMEDIATE");
    try {
      change();
      run("COMMIT");
    } catch (...) {
      roll_back();
      throw;
    }
  }

  /// Throws what SQLite says about its last failure.
  [[noreturn]] void fail() const;
  [[noreturn]] void fail(const std::string& why) const;

private:
  friend class sqlite_statement;

  void roll_back() noexcept;

  const std::string path_;
  sqlite3* handle_ = nullptr;
};

} // namespace actors
