#include "tests/simulation/truth.hpp"

namespace simulation {

void truth::fail(std::string_view invariant, const std::string& why) {
  if (failed())
    return;
  failure_ = std::string{invariant} + ": " + why;
  trace_.note("VIOLATION", failure_);
}

void truth::seen(const std::string& room, const place& at,
                 const std::string& data, std::string_view by) {
  auto& known = rooms_[room][at.epoch];
  const auto there = known.by_offset.try_emplace(at.offset, data).first;
  if (there->second != data)
    return fail("I2", text(room, at) + " was '" + there->second + "' and is '"
                          + data + "' for " + std::string{by});
  const auto where = known.by_data.try_emplace(data, at.offset).first;
  if (where->second != at.offset)
    fail("I2", "'" + data + "' was at " + text(room, {at.epoch, where->second})
                   + " and is at " + text(room, at) + " as well for "
                   + std::string{by});
}

void truth::acknowledged(const std::string& room, const place& at,
                         const std::string& data, bool kept) {
  trace_.note("acknowledged", room, data, at.offset);
  seen(room, at, data, "its publisher");
  rooms_[room][at.epoch].acknowledged.emplace(at.offset, data);
  const auto answer = answers_.try_emplace(data, at).first;
  if ((kept || answer->second.epoch == at.epoch) && answer->second != at)
    fail("idempotency", "'" + data + "' was acknowledged as "
                            + text(room, answer->second) + " and as "
                            + text(room, at));
}

} // namespace simulation
