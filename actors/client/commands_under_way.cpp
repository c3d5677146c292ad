#include "actors/client/commands_under_way.hpp"

namespace actors {

void commands_under_way::count_request(bool here) {
  (here ? counts_.session_requests_here : counts_.session_requests_elsewhere)
      .add();
}

std::shared_ptr<const commands_under_way::share>
commands_under_way::take(std::size_t bytes) {
  auto& taken = counts_.commands_under_way_bytes;
  if (bytes > limit - static_cast<std::size_t>(taken.value())) {
    counts_.commands_refused.add();
    return nullptr;
  }
  return std::make_shared<const share>(taken, bytes);
}

commands_under_way::share::share(gauge& of, std::size_t bytes)
    : of_(of), bytes_(static_cast<std::int64_t>(bytes)) {
  of_.add(bytes_);
}

commands_under_way::share::~share() {
  of_.sub(bytes_);
}

} // namespace actors
