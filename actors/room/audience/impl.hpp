#pragma once

#include "actors/lane/deadline_queue.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/room/audience/audience.hpp"
#include "actors/room/audience/audience_room.hpp"
#include "actors/room/audience/member_news.hpp"
#include "actors/room/audience/missed_publications.hpp"
#include "actors/room/room_directory.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace actors {

/// The parts of an audience:
/// - audience.cpp: who comes and goes, by plain calls;
/// - home_requests.cpp: what homes are told;
/// - attach.cpp: following the streams of rooms, and starting again
///   after a hole or when a home moved;
/// - recovery.cpp: letting subscribers in, with what they missed;
/// - special_subscribers.cpp: deltas and filters;
/// - delivery.cpp: events in, frames out.
class audience::impl final : private turn_end_task {
public:
  using room_ptr = std::shared_ptr<audience_room>;

  impl(audience& self, const room_directory& rooms, audience_settings settings);

  caf::behavior behavior();
  void stop();

  void subscribe(actors::subscriber& who, subscription_request request,
                 on_subscribed done);
  void unsubscribe(actors::subscriber& who, const std::string& name);
  void next_page(actors::subscriber& who);
  void update_info(actors::subscriber& who, const std::string& name,
                   roost::client::ClientInfo info);
  std::map<std::string, std::uint32_t>
  rooms(const std::function<bool(std::string_view)>& wanted) const;

private:
  /// Where a shard's rooms live; another value means: attach again.
  struct way_home {
    std::string node; // empty: nowhere
    std::string incarnation;
    caf::actor link;        // null: here
    std::uint64_t anew = 0; // see link.proto, Copies
    bool operator==(const way_home&) const = default;
  };

  /// How far a subscriber is that is given pages of a room's history.
  struct behind {
    std::weak_ptr<audience_room> room;
    actors::subscriber* who = nullptr;
    std::string epoch;
    std::uint64_t offset = 0;
    std::uint64_t page = 0;     ///< The question under way; 0: none.
    std::uint32_t failures = 0; ///< Since the last page.
  };

  struct waiting_place {
    std::weak_ptr<audience_room> room;
    std::uint64_t waiter = 0;
  };

  // -- audience.cpp -----------------------------------------------------------

  room_ptr find(const std::string& name) const;
  room_ptr make(const std::string& name);
  void forget_if_unused(audience_room& room);
  void park(const room_ptr& room, audience_waiter x);
  void time_out();
  void plan_time_out();
  void answer(audience_waiter& x, subscribe_outcome outcome);
  void answer_all(audience_room& room, waiter_list& waiters, proto::errc code);
  lane_metrics& metrics() const;

  // -- home_requests.cpp ------------------------------------------------------

  void ask(std::uint32_t shard,
           std::shared_ptr<roost::link::RoomRequest> request,
           std::function<void(const room_answer&)> handle);
  void detach(const std::string& room);
  void arrive(audience_room& room, const audience_member& who,
              bool new_here = false);
  void depart(const audience_room& room, const audience_member& who);
  void send_news(std::uint32_t shard);
  void on_news_answered(const member_news::message& x,
                        const room_answer& answer);
  void repeat_news();

  // -- attach.cpp -------------------------------------------------------------

  void attach(const room_ptr& room);
  void on_attached(const room_ptr& room, const room_answer& answer);
  void on_refused(audience_room& room, proto::errc code);
  void follow(audience_room& room, const room_answer& answer);
  bool continue_from(audience_room& room, const room_answer& answer);
  void lose_continuity(audience_room& room);
  void lose_continuity(audience_room& room, actors::subscriber& who);
  void attach_again(const room_ptr& room, bool tell_arrivals);
  void on_view(std::shared_ptr<const cluster_view> now);
  void on_reachable(const std::string& node);

  // -- recovery.cpp -----------------------------------------------------------

  void admit_waiting(const room_ptr& room);
  void admit(const room_ptr& room, audience_waiter x);
  void let_in(audience_room& room, audience_waiter& x, bool recovered,
              missed_publications& missed, bool behind = false);
  void ask_missed(const room_ptr& room, missed_question what,
                  audience_waiter x);
  void on_missed(const room_ptr& room, missed_question what,
                 const room_answer& answer);
  void let_in_with(const room_ptr& room, missed_question what,
                   const room_answer& answer);
  void try_again(const room_ptr& room, missed_question what, bool attach_first);

  // -- catch_up.cpp -----------------------------------------------------------

  void fall_behind(const room_ptr& room, actors::subscriber& who,
                   std::uint64_t offset);
  void on_page(const actors::subscriber* key, std::uint64_t page,
               const room_answer& answer);
  void give_up(const room_ptr& room, actors::subscriber& who);
  bool hand_out(audience_room& room, behind& place, const room_answer& answer);
  bool catches_up(audience_room& room, const behind& place);
  void forget_behind(const audience_room& room, const actors::subscriber& who);
  void ask_pages_again();

  // -- special_subscribers.cpp ------------------------------------------------

  void add_member(audience_room& room, audience_member member,
                  const std::shared_ptr<const tags_filter>& filter,
                  const missed_publications& missed);
  std::optional<audience_member> remove_member(audience_room& room,
                                               const actors::subscriber& who);
  void keep_delta_base(special_subscribers& of, const fan_out& events);
  void count_special(special_subscribers& of);

  // -- delivery.cpp -----------------------------------------------------------

  void on_events(const std::shared_ptr<const room_events>& events);
  bool take_in(audience_room& room,
               const std::shared_ptr<const room_events>& events);
  void mark_dirty(const room_ptr& room);
  void flush(audience_room& room);
  void at_turn_end() override;

  audience& self_;
  const room_directory& directory_;
  const audience_settings settings_;

  std::unordered_map<std::string, room_ptr> rooms_;
  std::uint64_t view_number_ = 0;
  std::string incarnation_;     // of this node in the view; empty: not in it
  std::vector<way_home> homes_; // by shard; empty before the first view
  std::vector<room_ptr> dirty_;
  proto::frame_builder builder_;
  proto::fossil_encoder delta_encoder_;

  std::uint64_t last_attach_ = 0;
  std::uint64_t last_waiter_ = 0;
  std::int64_t last_room_ = 0;
  std::uint64_t jitter_ = 1;

  std::size_t parked_ = 0;                  // waiters without answer
  deadline_queue<waiting_place> deadlines_; // may be stale
  lane_timer time_out_;

  /// By subscriber: one page is under way for each, of its first room.
  std::unordered_map<const actors::subscriber*, std::list<behind>> behind_;
  std::uint64_t last_page_ = 0;
  lane_timer behind_again_;

  member_news news_;
  lane_timer news_again_;
  gauge_part counted_news_;
};

} // namespace actors
