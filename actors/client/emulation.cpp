#include "actors/client/emulation.hpp"

#include <memory>
#include <utility>

namespace actors {

namespace {

/// Bytes of commands that wait on a lane for their connections to take them.
constexpr std::size_t max_under_way = 4 * 1024 * 1024;

emulation::outcome outcome_of(const roost::link::NodeReply& reply) {
  using enum emulation::outcome;
  if (reply.has_error())
    return failed;
  return reply.reached() > 0 ? taken : unknown;
}

} // namespace

emulation::emulation(caf::actor_config& cfg, const client_services& services)
    : lane_actor(cfg), questions_(*this, services) {}

void emulation::send(const std::string& node, std::string session,
                     std::string commands, on_done done) {
  const auto bytes = commands.size();
  if (under_way_ > 0 && under_way_ + bytes > max_under_way)
    return done(outcome::too_many);
  under_way_ += bytes;
  roost::link::NodeRequest request;
  auto& body = *request.mutable_emulate();
  body.set_session(std::move(session));
  body.set_commands(std::move(commands));
  in_handler([&] {
    questions_.users_of(node, std::move(request),
                        [this, bytes, done = std::move(done)](
                            const roost::link::NodeReply* reply) {
                          under_way_ -= bytes;
                          done(reply ? outcome_of(*reply) : outcome::unknown);
                        });
  });
}

} // namespace actors
