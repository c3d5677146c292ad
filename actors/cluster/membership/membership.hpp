#pragma once

#include "actors/cluster/cluster_settings.hpp"
#include "actors/cluster/link/link.hpp"
#include "actors/cluster/membership/copy_reports.hpp"
#include "actors/cluster/membership/dial_plan.hpp"
#include "actors/cluster/membership/membership_messages.hpp"
#include "actors/cluster/membership/settled_shards.hpp"
#include "actors/cluster/membership/survey_table.hpp"
#include "actors/lane/lane_timer.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace actors {

/// This node's place in the cluster: who is in it, the ways there, the view
/// that holds. Made by `spawn_membership` (cluster_settings.hpp).
///
/// A node dials the coordinators, and of two nodes of the same kind the one
/// with the smaller name dials, so that there is one connection for each pair.
/// Without a coordinator it keeps its view and keeps dialling.
class membership final : public lane_actor {
public:
  membership(caf::actor_config& cfg, cluster_settings settings);

  const char* name() const override { return "membership"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  /// Another node, in the view or not.
  struct peer {
    caf::actor link;
    bool up = false;
    bool coordinator = false;
    std::string incarnation; ///< At the other end of the link, when up.
    std::string address;     ///< What it advertises.
    std::optional<lane::clock::time_point> useless_since;
    bool probing = false; ///< Whether its process has ended is being found out.
    std::string gone;     ///< Incarnation whose process has.
  };

  void start();

  // -- connections (peers.cpp) ------------------------------------------------

  peer& peer_named(const std::string& node);
  bool dials(const std::string& node, bool coordinator) const;
  void on_connected(const std::shared_ptr<peer_socket>& socket);
  void refuse_rival(const std::shared_ptr<peer_socket>& socket,
                    const peer& present);
  bool is_news(const std::string& node, const std::string& refusal);
  void on_dial_failed(const dial_failed& x);
  void on_link(const link_state& x);
  std::vector<std::string> addresses_of(const std::string& node) const;
  void learn_dialled_address(const peer_identity& who);
  void update_dials();
  void dial_due();
  void retire_useless_links();
  void tell_reachable();
  std::set<std::string> unreachable_in(const cluster_view& view) const;
  void probe_lost();
  void on_probed(const peer_probed& x);

  // -- view and coordinator (view.cpp) ----------------------------------------

  void embed();
  void on_frame(const control_frame& x);
  void on_send(const send_control& x);
  void on_send_raft(send_raft& x);
  const caf::actor* link_to_coordinator(const std::string& address) const;
  caf::result<node_answer> on_command(const ask_node& x);
  caf::result<node_answer> on_ask_coordinator(const ask_coordinator& x);
  void join(const std::string& coordinator);
  void join_all();
  void on_refused(const std::string& coordinator,
                  const roost::link::JoinRefused& x);
  void on_view(const roost::link::View& view, const std::string& from);
  void on_lease(const roost::link::Lease& x);
  void install(roost::link::View view);
  void tell_listeners();
  bool in_view() const;
  void to_coordinators(std::shared_ptr<const roost::link::LinkFrame> frame);
  void to_coordinator(const std::string& node,
                      std::shared_ptr<const roost::link::LinkFrame> frame);
  void beat();
  void beat_soon();
  void send_heartbeat();

  // -- leaving ----------------------------------------------------------------

  caf::result<left> begin_leaving_now();
  caf::result<left> leave_view_now();
  void check_left();
  void finish_leaving(bool complete);
  bool others_take_shards() const;

  // -- surveys ----------------------------------------------------------------

  caf::result<survey_result> start_survey(const survey& x);
  void ask_for_survey(std::uint64_t number, const std::string& node,
                      const caf::actor& whom,
                      const std::shared_ptr<const roost::link::NodeRequest>& x);
  void expire_surveys();

  const std::string& self() const { return settings_.self.node(); }

  cluster_settings settings_;
  std::shared_ptr<const link_settings> link_settings_;
  std::map<std::string, peer> peers_;
  dial_plan dials_;
  /// Which node a dialled address turned out to be.
  std::map<std::string, std::string> nodes_by_address_;
  std::set<std::string> complained_; ///< Addresses whose failure was logged.
  /// The last refusal of each node, or by each coordinator, that was logged.
  std::map<std::string, std::string> refusals_;
  caf::actor coordinator_; ///< Of this node, if it is one.
  std::shared_ptr<const cluster_view> view_;
  settled_shards settled_;
  copy_reports reports_;
  survey_table surveys_;
  std::uint64_t ignored_view_ = 0;
  bool leaving_ = false;
  bool leave_sent_ = false;
  std::vector<caf::typed_response_promise<left>> waiting_for_leave_;
  std::chrono::milliseconds rejoin_delay_;
  lane_timer dial_timer_;
  lane_timer probe_timer_;
  lane_timer beat_timer_;
  lane_timer early_beat_timer_;
  lane_timer rejoin_timer_;
  lane_timer survey_timer_;
  lane_timer leave_timer_;
};

} // namespace actors
