#pragma once

#include "actors/cluster/coordinator/cluster_state/cluster_state.hpp"
#include "actors/cluster/coordinator/coordinator_log.hpp"
#include "actors/cluster/coordinator/pending_drains.hpp"
#include "actors/cluster/membership/membership_messages.hpp"
#include "actors/lane/coordinator_standing.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"

#include <memory>
#include <set>
#include <string>

namespace actors {

/// One of the coordinators. Feeds cluster_state with what membership passes on
/// (control_frame, link_state) and the time. While it leads, it proposes the
/// views that follow to the log, and once they are decided sends them through
/// membership (send_control); while another one leads it only takes notes, and
/// passes commands of admins (ask_node) on to that one.
class coordinator final : public lane_actor {
public:
  /// `standing` is kept up to date, and may be null; else it outlives this.
  coordinator(caf::actor_config& cfg, cluster_rules rules,
              std::shared_ptr<coordinator_log> log, caf::actor membership,
              coordinator_standing* standing);

  const char* name() const override { return "coordinator"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  // What comes in.
  void on_frame(const control_frame& x);
  void on_heartbeat(const std::string& node, const roost::link::Heartbeat& x);
  void on_link(const link_state& x);
  void on_raft(const raft_received& x);
  caf::result<node_answer> on_command(const ask_node& x);
  caf::result<node_answer> pass_on(const roost::link::Drain& order);
  caf::result<node_answer> drain(const roost::link::Drain& order);
  void tick();
  void tick_log();

  // What the log says.
  void on_decided(const roost::link::View& view);
  void on_standing();
  void on_failed(const std::string& why);
  void tell_standing(bool leads);

  // What follows.
  void carry_out(const cluster_effects& effects);
  void send_decided();
  void send_to(const std::string& node,
               std::shared_ptr<const roost::link::LinkFrame> frame);

  cluster_rules rules_;
  cluster_state state_;
  std::shared_ptr<coordinator_log> log_;
  caf::actor membership_;
  coordinator_standing* standing_;
  std::shared_ptr<const roost::link::LinkFrame> decided_; ///< The last view.
  bool is_news_ = false;       ///< Members have not been sent it.
  std::set<std::string> owed_; ///< Nodes that need the next view decided.
  pending_drains pending_;
  std::uint64_t leads_in_ = 0; ///< The term; 0 for none.
  /// A proposal was refused: what cluster_state is ahead by will never be.
  bool astray_ = false;
  lane_timer ticker_;
  lane_timer log_ticker_;
};

} // namespace actors
