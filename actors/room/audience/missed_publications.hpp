#pragma once

#include "actors/room/audience/delta_writer.hpp"
#include "actors/room/audience/tags_filter.hpp"

#include <array>
#include <utility>
#include <vector>

namespace actors {

/// What several subscribers of a room have missed, in the form that each of
/// them gets.
class missed_publications {
public:
  missed_publications() = default;

  explicit missed_publications(std::vector<publication_ptr> all)
      : all_(std::move(all)) {}

  bool empty() const { return all_.empty(); }

  /// There must be one.
  const publication_ptr& last() const { return all_.back(); }

  /// Those that `filter` lets through; null: all.
  std::vector<publication_ptr> for_filter(const tags_filter* filter) const;

  /// The first one whole, and each other as what it changes of the one before,
  /// for subscribers of `format`; made once.
  const std::vector<publication_ptr>& as_deltas(proto::wire_format format,
                                                proto::fossil_encoder& encoder);

private:
  std::vector<publication_ptr> all_;
  std::array<std::vector<publication_ptr>, proto::wire_formats> chains_;
};

} // namespace actors
