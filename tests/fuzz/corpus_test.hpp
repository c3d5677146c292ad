#pragma once

#include "tests/fuzz/targets.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fuzz {

/// The inputs that are kept for a target, in the order of their names.
inline std::vector<std::string> corpus_of(const target& which) {
  std::vector<std::filesystem::path> files;
  for (const auto& x : std::filesystem::directory_iterator(
           std::filesystem::path{ROOST_FUZZ_CORPUS} / which.name))
    files.push_back(x.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> result;
  for (const auto& x : files) {
    std::ifstream in{x, std::ios::binary};
    result.emplace_back(std::istreambuf_iterator<char>{in},
                        std::istreambuf_iterator<char>{});
  }
  return result;
}

/// A test for each target. A broken promise aborts.
class corpus_test : public testing::TestWithParam<target> {};

inline std::string name_of_target(const testing::TestParamInfo<target>& info) {
  return std::string{info.param.name};
}

} // namespace fuzz
