#include "actors/room/audience/missed_publications.hpp"

namespace actors {

std::vector<publication_ptr>
missed_publications::for_filter(const tags_filter* filter) const {
  if (filter == nullptr)
    return all_;
  std::vector<publication_ptr> result;
  for (const auto& x : all_)
    if (filter->matches(x->tags()))
      result.push_back(x);
  return result;
}

const std::vector<publication_ptr>&
missed_publications::as_deltas(proto::wire_format format,
                               proto::fossil_encoder& encoder) {
  auto& chain = chains_[static_cast<std::size_t>(format)];
  if (!chain.empty())
    return chain;
  delta_writer writer{format, encoder};
  chain.reserve(all_.size());
  for (const auto& x : all_) {
    auto forms = writer.next(x, true);
    chain.push_back(std::move(forms.delta ? forms.delta : forms.whole));
  }
  return chain;
}

} // namespace actors
