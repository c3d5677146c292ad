#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace actors {

/// A folder that goes with its test; in memory where there is such a place,
/// since nothing here pulls the plug.
class scratch_folder {
public:
  scratch_folder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = ::access(memory.c_str(), W_OK) == 0
                            ? memory
                            : std::filesystem::temp_directory_path();
    path_ = (parent / "roost-raft-XXXXXX").string();
    if (!::mkdtemp(path_.data()))
      throw std::filesystem::filesystem_error(
          "mkdtemp", path_, std::error_code(errno, std::generic_category()));
  }

  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string operator/(const std::string& name) const {
    return path_ + '/' + name;
  }

private:
  std::string path_;
};

} // namespace actors
