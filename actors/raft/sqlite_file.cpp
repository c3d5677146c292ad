#include "actors/raft/sqlite_file.hpp"

#include "actors/raft/raft_storage.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace actors {

sqlite_statement::sqlite_statement(sqlite_file& file, const char* sql)
    : file_(file) {
  if (sqlite3_prepare_v3(file.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                         &handle_, nullptr)
      != SQLITE_OK)
    file.fail();
}

sqlite_statement::~sqlite_statement() {
  sqlite3_finalize(handle_);
}

void sqlite_statement::begin() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

void sqlite_statement::bind(int i, std::uint64_t x) {
  if (sqlite3_bind_int64(handle_, i, static_cast<sqlite3_int64>(x))
      != SQLITE_OK)
    file_.fail();
}

void sqlite_statement::bind(int i, std::string_view x) {
  // A null pointer would be NULL and not an empty value.
  if (sqlite3_bind_blob64(handle_, i, x.empty() ? "" : x.data(), x.size(),
                          SQLITE_STATIC)
      != SQLITE_OK)
    file_.fail();
}

bool sqlite_statement::next() {
  switch (sqlite3_step(handle_)) {
  case SQLITE_ROW:
    return true;
  case SQLITE_DONE:
    sqlite3_reset(handle_);
    return false;
  default:
    file_.fail();
  }
}

void sqlite_statement::run() {
  while (next())
    ;
}

std::uint64_t sqlite_statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(handle_, column));
}

std::string_view sqlite_statement::bytes(int column) const {
  const auto* data = sqlite3_column_blob(handle_, column);
  const auto size = sqlite3_column_bytes(handle_, column);
  if (!data)
    return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

namespace {

/// Makes the file, for its owner's eyes only, so that it is there after a
/// power failure too.
void make_file(const std::string& path) {
  auto refuse = [&] {
    throw storage_error("cannot open " + path + ": " + std::strerror(errno));
  };
  const int file =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    refuse();
  struct stat is {
  }, log{};
  if (::fstat(file, &is) == 0 && is.st_size == 0
      && ::stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0) {
    ::close(file);
    throw storage_error(path + " is damaged: it is empty, but its log is not");
  }
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!synced)
    refuse();
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".")
                      : slash == 0               ? std::string("/")
                                                 : path.substr(0, slash);
  const int directory =
      ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    refuse();
  const bool listed = ::fsync(directory) == 0;
  ::close(directory);
  if (!listed)
    refuse();
}

} // namespace

sqlite_file::sqlite_file(std::string path, const char* vfs)
    : path_(std::move(path)) {
  make_file(path_);
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  try {
    if (sqlite3_open_v2(path_.c_str(), &handle_, flags, vfs) != SQLITE_OK)
      fail();
    // Alone from the first read on: nobody else may vote with this memory, and
    // the log needs no shared memory.
    run("PRAGMA locking_mode=EXCLUSIVE");
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA journal_size_limit=4194304");
    run("PRAGMA cell_size_check=ON");
    run("PRAGMA trusted_schema=OFF");
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

sqlite_file::~sqlite_file() {
  sqlite3_close(handle_);
}

void sqlite_file::run(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    fail();
}

std::uint64_t sqlite_file::number(const char* sql) {
  sqlite_statement x(*this, sql);
  return x.next() ? x.number(0) : 0;
}

void sqlite_file::roll_back() noexcept {
  if (handle_ && !sqlite3_get_autocommit(handle_))
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void sqlite_file::fail() const {
  const int code = handle_ ? sqlite3_errcode(handle_) & 0xff : SQLITE_NOMEM;
  switch (code) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    throw storage_unavailable(path_ + " is in use by another process");
  case SQLITE_FULL:
    throw storage_unavailable("cannot use " + path_ + ": the disk is full");
  case SQLITE_NOTADB:
    throw storage_error(path_ + " is not a coordinator's file, or damaged");
  case SQLITE_CORRUPT:
    throw storage_error(path_ + " is damaged: " + sqlite3_errmsg(handle_));
  default:
    fail(handle_ ? sqlite3_errmsg(handle_) : "out of memory");
  }
}

void sqlite_file::fail(const std::string& why) const {
  throw storage_error("cannot use " + path_ + ": " + why);
}

} // namespace actors
