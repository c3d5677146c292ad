#include "tests/raft/faulty_vfs.hpp"

#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <new>
#include <sqlite3.h>
#include <vector>

namespace actors {

namespace {

struct disk_state {
  std::uint64_t left = 0;
  bool failed = false;
  faulty_vfs::fault how = faulty_vfs::fault::write_error;
  std::map<std::string, std::string> synced;
};

disk_state* disk = nullptr;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int error_code() {
  switch (disk->how) {
  case faulty_vfs::fault::disk_full:
    return SQLITE_FULL;
  case faulty_vfs::fault::sync_error:
    return SQLITE_IOERR_FSYNC;
  default:
    return SQLITE_IOERR_WRITE;
  }
}

/// Whether this access fails.
bool fails() {
  if (!disk)
    return false;
  if (!disk->failed && disk->left > 0 && --disk->left == 0)
    disk->failed = true;
  return disk->failed;
}

/// Ours in front, that of the real disk behind.
struct file {
  sqlite3_file base;
  std::string* path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  static file* of(sqlite3_file* x) { return reinterpret_cast<file*>(x); }
};

int close(sqlite3_file* x) {
  auto* f = file::of(x);
  delete f->path;
  return f->real()->pMethods->xClose(f->real());
}

int write(sqlite3_file* x, const void* data, int n, sqlite3_int64 at) {
  if (fails())
    return error_code();
  auto* real = file::of(x)->real();
  return real->pMethods->xWrite(real, data, n, at);
}

int truncate(sqlite3_file* x, sqlite3_int64 size) {
  if (fails())
    return SQLITE_IOERR_TRUNCATE;
  auto* real = file::of(x)->real();
  return real->pMethods->xTruncate(real, size);
}

int sync(sqlite3_file* x, int flags) {
  if (fails())
    return SQLITE_IOERR_FSYNC;
  auto* f = file::of(x);
  (void)flags; // the page cache is enough for what a test loses
  if (disk)
    disk->synced[*f->path] = content_of(*f->path);
  return SQLITE_OK;
}

template <auto Method, class... Args>
int pass(sqlite3_file* x, Args... args) {
  auto* real = file::of(x)->real();
  return (real->pMethods->*Method)(real, args...);
}

using methods = sqlite3_io_methods;

const methods& ours() {
  static const methods out = [] {
    methods m{};
    m.iVersion = 1; // no shared memory and no mapping, which would pass by
    m.xClose = close;
    m.xRead = pass<&methods::xRead, void*, int, sqlite3_int64>;
    m.xWrite = write;
    m.xTruncate = truncate;
    m.xSync = sync;
    m.xFileSize = pass<&methods::xFileSize, sqlite3_int64*>;
    m.xLock = pass<&methods::xLock, int>;
    m.xUnlock = pass<&methods::xUnlock, int>;
    m.xCheckReservedLock = pass<&methods::xCheckReservedLock, int*>;
    m.xFileControl = pass<&methods::xFileControl, int, void*>;
    m.xSectorSize = pass<&methods::xSectorSize>;
    m.xDeviceCharacteristics = pass<&methods::xDeviceCharacteristics>;
    return m;
  }();
  return out;
}

sqlite3_vfs* real_vfs() {
  static sqlite3_vfs* const out = sqlite3_vfs_find("unix");
  return out;
}

int open(sqlite3_vfs*, const char* path, sqlite3_file* x, int flags,
         int* out_flags) {
  auto* f = file::of(x);
  f->base.pMethods = nullptr;
  f->path = nullptr;
  const int rc =
      real_vfs()->xOpen(real_vfs(), path, f->real(), flags, out_flags);
  if (rc != SQLITE_OK)
    return rc;
  f->path = new std::string(path ? path : "");
  f->base.pMethods = &ours();
  if (disk && path)
    disk->synced.try_emplace(path, content_of(path));
  return rc;
}

int remove(sqlite3_vfs*, const char* path, int sync_folder) {
  if (fails())
    return SQLITE_IOERR_DELETE;
  if (disk)
    disk->synced.erase(path);
  return real_vfs()->xDelete(real_vfs(), path, sync_folder);
}

} // namespace

faulty_vfs::faulty_vfs(std::uint64_t at, fault how) {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs x = *real_vfs();
    x.pNext = nullptr;
    x.zName = name;
    x.szOsFile += static_cast<int>(sizeof(file));
    x.xOpen = open;
    x.xDelete = remove;
    return x;
  }();
  sqlite3_vfs_register(&vfs, 0);
  disk = new disk_state{at, false, how, {}};
}

faulty_vfs::~faulty_vfs() {
  delete disk;
  disk = nullptr;
}

bool faulty_vfs::failed() const {
  return disk->failed;
}

void faulty_vfs::lose_what_is_not_synced() {
  for (const auto& [path, content] : disk->synced)
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

} // namespace actors
