#pragma once

#include "cluster-config/loader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace config {

/// The error line that a text named node.toml is refused with, or "accepted".
inline std::string refusal(const std::string& text,
                           const environment& variables = {}) {
  try {
    parse(text, "node.toml", variables);
  } catch (const error& refused) {
    return refused.what();
  }
  return "accepted";
}

/// A folder that goes with the object.
class temporary_folder {
public:
  temporary_folder() {
    auto form =
        (std::filesystem::temp_directory_path() / "roost-XXXXXX").string();
    if (mkdtemp(form.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path_ = form;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() { std::filesystem::remove_all(path_); }

  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    auto path = path_ / name;
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
  }

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace config
