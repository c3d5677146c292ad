#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace actors {

/// What the homes of rooms are still to be told of who is in them.
///
/// Of each client of a room one piece of news is under way, and behind it the
/// newest waits: whoever comes and goes faster than the home answers makes it
/// hear of the last state only. Of each shard at most `window` bytes are under
/// way, or one piece; what waits beyond holds no copies.
class member_news {
public:
  struct state {
    bool in = false; ///< Else the client has left.
    client_info_ptr info;
    bool presence = false;
    bool announce = false;
  };

  /// One piece of news that is under way.
  struct message {
    std::uint64_t id = 0;
    std::uint32_t shard = 0;
    std::string room;
    state is;
  };

  /// What becomes of news that the home could not take.
  enum class failure {
    overtaken, ///< Newer news of the client is told in its place.
    rests,     ///< It is told again after `wake`.
    lost       ///< Nobody tells it again.
  };

  /// At most `max_resting` departures wait to be told again.
  member_news(std::size_t window, std::size_t max_resting)
      : window_(window), max_resting_(max_resting) {}

  /// The client of `is.info` has come to the room, under that name or another
  /// one, or has left it. `new_here`: its home cannot know of it unless it was
  /// told by what is here.
  void tell(std::uint32_t shard, const std::string& room, state is,
            bool new_here = false);

  /// Takes the next message to the home of `shard`; nothing while enough is
  /// under way. It is under way until it is answered.
  std::optional<message> next(std::uint32_t shard);

  /// The home has it, or will not have it.
  void answered(std::uint64_t id);

  /// The home could not take it for now. Arrivals do not rest.
  failure failed(std::uint64_t id);

  /// Lets what rests be told again; answers of which shards there is some.
  std::vector<std::uint32_t> wake();

  /// Forgets what rests for the homes of these shards.
  template <class Predicate>
  void forget_resting(Predicate of_shard) {
    std::erase_if(resting_, [&](std::uint64_t id) {
      const auto i = entries_.find(id);
      if (!of_shard(i->second.shard))
        return false;
      erase(i);
      return true;
    });
  }

  /// Clients of rooms of which there is news.
  std::size_t size() const { return entries_.size(); }

private:
  enum class phase { waits, under_way, rests };

  struct entry {
    std::uint32_t shard = 0;
    std::string room;
    phase at = phase::waits;
    state is;
    std::optional<state> newer; // while `is` is under way
    std::size_t bytes = 0;      // under way
    bool home_may_know = true;
    std::list<std::uint64_t>::iterator place; // while it waits
  };

  struct shard_queue {
    std::list<std::uint64_t> waiting;
    std::size_t under_way = 0;
  };

  using entry_map = std::unordered_map<std::uint64_t, entry>;

  static std::string key_of(const std::string& room, const state& is);
  void wait(std::uint64_t id, entry& x);
  void land(entry& x);
  void withdraw(entry_map::iterator i);
  void erase(entry_map::iterator i);

  const std::size_t window_;
  const std::size_t max_resting_;
  std::uint64_t last_id_ = 0;
  entry_map entries_;
  std::unordered_map<std::string, std::uint64_t> ids_; // by room and client
  std::unordered_map<std::uint32_t, shard_queue> shards_;
  std::vector<std::uint64_t> resting_;
};

} // namespace actors
