#include "actors/cluster/link/link_metrics.hpp"

#include <algorithm>

namespace actors {

std::shared_ptr<link_metrics> link_registry::add(const std::string& peer) {
  auto made = std::make_shared<link_metrics>(peer);
  std::lock_guard guard{mutex_};
  links_.push_back(made);
  return made;
}

void link_registry::remove(const std::shared_ptr<link_metrics>& x) {
  std::lock_guard guard{mutex_};
  std::erase(links_, x);
}

link_registry::list link_registry::snapshot() const {
  std::lock_guard guard{mutex_};
  return links_;
}

} // namespace actors
