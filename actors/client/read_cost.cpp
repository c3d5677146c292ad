#include "actors/client/read_cost.hpp"

namespace actors {

namespace {

constexpr std::uint64_t of_publication = 256;
constexpr std::uint64_t of_member = 1024;

std::uint64_t times(int count, std::uint64_t cost) {
  return static_cast<std::uint64_t>(count) * cost;
}

} // namespace

std::uint64_t read_cost(const roost::link::RoomReply& answer) {
  return answer.ByteSizeLong()
         + times(answer.history().publications_size(), of_publication)
         + times(answer.presence().presence_size(), of_member);
}

std::uint64_t read_cost(const subscribe_outcome& outcome) {
  std::uint64_t cost = 0;
  if (const auto* made = std::get_if<subscribed>(&outcome))
    for (const auto& x : made->publications)
      cost += of_publication + x->ByteSizeLong();
  return cost;
}

} // namespace actors
