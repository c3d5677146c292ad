#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace actors {

/// Who holds copies of a shard in a view, by node name.
struct shard_copies {
  std::uint64_t term = 0; ///< 0: the view says nothing of copies.
  std::vector<std::string> standbys;
  std::vector<std::string> learners;
  std::vector<std::string> holders{}; ///< Without a home: who had all of it.
  /// What a node has of an earlier term is of another life of the shard.
  std::uint64_t anew = 0;

  bool has_holder(const std::string& node) const {
    return std::find(holders.begin(), holders.end(), node) != holders.end();
  }

  bool has_standby(const std::string& node) const {
    return std::find(standbys.begin(), standbys.end(), node) != standbys.end();
  }

  bool has_learner(const std::string& node) const {
    return std::find(learners.begin(), learners.end(), node) != learners.end();
  }
};

} // namespace actors
