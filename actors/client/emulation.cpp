#include "actors/client/emulation.hpp"

#include "actors/client/connection/client_id.hpp"

#include <memory>
#include <utility>

namespace actors {

namespace {

emulation::outcome outcome_of(const roost::link::NodeReply& reply) {
  using enum emulation::outcome;
  if (reply.has_error())
    return failed;
  return reply.reached() > 0 ? taken : unknown;
}

} // namespace

emulation::emulation(caf::actor_config& cfg, const client_services& services)
    : lane_actor(cfg), node_(services.node), questions_(*this, services),
      under_way_(home_lane().metrics()) {}

void emulation::send(const std::string& node, std::string session,
                     std::string commands, on_done done) {
  // What is no name must not take room on the way to another node.
  if (session.size() != client_id_bytes)
    return done(outcome::unknown);
  under_way_.count_request(node == node_);
  auto share = under_way_.take(commands.size());
  if (!share)
    return done(outcome::too_many);
  roost::link::NodeRequest request;
  auto& body = *request.mutable_emulate();
  body.set_session(std::move(session));
  body.set_commands(std::move(commands));
  in_handler([&] {
    questions_.users_of(node, std::move(request),
                        [share = std::move(share), done = std::move(done)](
                            const roost::link::NodeReply* reply) {
                          done(reply ? outcome_of(*reply) : outcome::unknown);
                        });
  });
}

} // namespace actors
