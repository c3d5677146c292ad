#include "actors/client/read_cost.hpp"

namespace actors {

namespace {

constexpr std::uint64_t of_publication = 256;
constexpr std::uint64_t of_member = 1024;
constexpr std::uint64_t of_room = 256;

std::uint64_t times(int count, std::uint64_t cost) {
  return static_cast<std::uint64_t>(count) * cost;
}

template <class Answer>
std::uint64_t cost_of_room(const Answer& answer) {
  return answer.ByteSizeLong()
         + times(answer.history().publications_size(), of_publication)
         + times(answer.presence().presence_size(), of_member);
}

} // namespace

std::uint64_t read_cost(const roost::link::RoomReply& answer) {
  return cost_of_room(answer);
}

std::uint64_t read_cost(const roost::api::Reply& answer) {
  return cost_of_room(answer)
         + times(answer.channels().channels_size(), of_room);
}

std::uint64_t read_cost(const subscribe_outcome& outcome) {
  std::uint64_t cost = 0;
  if (const auto* made = std::get_if<subscribed>(&outcome))
    for (const auto& x : made->publications)
      cost += of_publication + x->ByteSizeLong();
  return cost;
}

} // namespace actors
