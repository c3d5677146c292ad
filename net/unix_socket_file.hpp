#pragma once

#include <functional>
#include <string>
#include <sys/types.h>

namespace net {

/// The file of a unix socket that listens; it goes with the object.
class unix_socket_file {
public:
  /// Calls `listen`, which binds a socket to `path` and listens there, once the
  /// file is gone that a process left that did not end well. Of processes that
  /// start together one gets it. Throws boost::system::system_error where the
  /// path cannot be had: address_in_use when somebody listens there,
  /// not_a_socket when the file is something else.
  unix_socket_file(std::string path, const std::function<void()>& listen);

  /// Leaves the file be if it is not ours any more.
  ~unix_socket_file();

  unix_socket_file(const unix_socket_file&) = delete;
  unix_socket_file& operator=(const unix_socket_file&) = delete;

private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

} // namespace net
