#include "net/unix_socket_file.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace net {

namespace {

constexpr std::chrono::seconds max_wait{2};

[[noreturn]] void fail(int why) {
  throw boost::system::system_error{why, boost::system::system_category()};
}

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const { return fd_; }

private:
  int fd_;
};

/// Keeps other nodes from taking a socket of the folder meanwhile: each would
/// find the same old file, and the later one remove what the earlier has made.
class folder_lock {
public:
  explicit folder_lock(const std::string& folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_.get() < 0) {
      if (errno == EACCES) // may have sockets, but no list of them
        return;
      fail(errno);
    }
    const auto end = std::chrono::steady_clock::now() + max_wait;
    while (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR)
        return; // a file system without locks
      if (std::chrono::steady_clock::now() > end)
        fail(EBUSY);
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }

private:
  descriptor folder_;
};

std::optional<struct stat> look_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0)
    return found;
  if (errno == ENOENT)
    return std::nullopt;
  fail(errno);
}

/// Whether somebody would accept a connection.
bool is_listened_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    fail(ENAMETOOLONG);
  std::ranges::copy(path, address.sun_path);
  const descriptor probe{
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (probe.get() < 0)
    fail(errno);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address)
      == 0)
    return true;
  switch (errno) {
  case ECONNREFUSED:
  case ENOENT:
    return false;
  case EAGAIN:     // its queue is full
  case EPROTOTYPE: // of datagrams
    return true;
  default:
    fail(errno);
  }
}

void remove_stale(const std::string& path) {
  const auto found = look_at(path);
  if (!found)
    return;
  if (!S_ISSOCK(found->st_mode))
    fail(ENOTSOCK);
  if (is_listened_at(path))
    fail(EADDRINUSE);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    fail(errno);
}

} // namespace

unix_socket_file::unix_socket_file(std::string path,
                                   const std::function<void()>& listen)
    : path_(std::move(path)) {
  const auto folder = std::filesystem::path{path_}.parent_path().string();
  const folder_lock lock{folder.empty() ? "." : folder};
  remove_stale(path_);
  listen();
  const auto made = look_at(path_);
  if (!made)
    fail(ENOENT);
  device_ = made->st_dev;
  inode_ = made->st_ino;
}

unix_socket_file::~unix_socket_file() {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_
      && found.st_ino == inode_)
    ::unlink(path_.c_str());
}

} // namespace net
