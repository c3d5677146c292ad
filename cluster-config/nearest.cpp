#include "cluster-config/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace config {

namespace {

/// Letters to insert, delete or change (Levenshtein).
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      auto changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

} // namespace

std::string nearest(std::string_view word,
                    const std::vector<std::string>& candidates) {
  // A key of a thousand letters is no typing error.
  if (word.size() > 200)
    return {};
  std::string best;
  auto fewest = word.size() / 3 + 2;
  for (const auto& candidate : candidates) {
    auto distance = edits(word, candidate);
    if (distance < fewest && distance < candidate.size()) {
      fewest = distance;
      best = candidate;
    }
  }
  return best;
}

} // namespace config
