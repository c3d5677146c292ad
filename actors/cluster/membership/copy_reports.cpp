#include "actors/cluster/membership/copy_reports.hpp"

#include "actors/room/view_reader.hpp"

#include <utility>

namespace actors {

bool copy_reports::add(report x) {
  const auto shard = x->shard();
  if (x->caught_up().empty() && x->lost().empty()) {
    reports_.erase(shard);
    return false;
  }
  reports_[shard] = std::move(x);
  return true;
}

void copy_reports::install(const roost::link::View& view) {
  const view_reader reader{view};
  std::erase_if(reports_, [&](const auto& entry) {
    const auto& [shard, x] = entry;
    return shard >= reader.shard_count() || reader.term_of(shard) > x->term();
  });
}

void copy_reports::write(roost::link::Heartbeat& out) const {
  for (const auto& [shard, x] : reports_)
    *out.add_copies() = *x;
}

} // namespace actors
