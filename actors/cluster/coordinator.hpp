#pragma once

#include "actors/cluster/cluster_state.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"

#include <string>

namespace actors {

/// Makes the views: feeds cluster_state with what membership passes on
/// (control_frame, link_state) and the time, and sends what follows back to
/// membership (send_control).
class coordinator final : public lane_actor {
public:
  coordinator(caf::actor_config& cfg, cluster_rules rules,
              caf::actor membership);

  const char* name() const override { return "coordinator"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void on_frame(const control_frame& x);
  void on_heartbeat(const std::string& node, const roost::link::Heartbeat& x);
  void on_link(const link_state& x);
  void tick();
  void carry_out(const cluster_effects& effects);
  void send_to(const std::string& node,
               std::shared_ptr<const roost::link::LinkFrame> frame);

  cluster_rules rules_;
  cluster_state state_;
  caf::actor membership_;
  lane_timer ticker_;
};

} // namespace actors
