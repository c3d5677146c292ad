#include "actors/cluster/hand_over_socket.hpp"

#include <caf/actor_cast.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/scribe.hpp>
#include <caf/send.hpp>

#include <set>
#include <string>

namespace actors {

namespace {

// BASP looks the published actor up by port when it greets the dialler; it does
// so while it handles the message that names the actor, so one will do.
constexpr std::uint16_t any_port = 1;

class basp_hand_over final : public hand_over_socket {
public:
  explicit basp_hand_over(caf::actor_system& system)
      : middleman_(system.middleman()),
        broker_(
            middleman_.named_broker<caf::io::basp_broker>(caf::atom("BASP"))) {}

  void accept(int fd, const caf::actor& published) override {
    caf::anon_send(broker_, caf::publish_atom_v,
                   middleman_.backend().new_scribe(fd), any_port,
                   caf::actor_cast<caf::strong_actor_ptr>(published),
                   std::set<std::string>{});
  }

  void dial(int fd, lane_actor& self, std::chrono::milliseconds timeout,
            on_peer done) override {
    auto shared = std::make_shared<on_peer>(std::move(done));
    self.request(broker_, timeout, caf::connect_atom_v,
                 middleman_.backend().new_scribe(fd), any_port)
        .then(
            [shared](caf::node_id&, caf::strong_actor_ptr& published,
                     std::set<std::string>&) {
              if (published)
                (*shared)(caf::actor_cast<caf::actor>(published));
              else
                (*shared)(
                    caf::make_error(caf::sec::no_actor_published_at_port));
            },
            [shared](caf::error& why) { (*shared)(std::move(why)); });
  }

private:
  caf::io::middleman& middleman_;
  caf::actor broker_;
};

} // namespace

std::shared_ptr<hand_over_socket>
make_basp_hand_over(caf::actor_system& system) {
  return std::make_shared<basp_hand_over>(system);
}

} // namespace actors
