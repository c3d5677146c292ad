#include "tests/room/world.hpp"

#include <gmock/gmock.h>

#include <random>

namespace {

using namespace room_test;

/// A client that checks every push against what its position allows, and
/// subscribes again when it is told of a hole.
struct follower {
  recording_subscriber* who = nullptr;
  node* where = nullptr;
  std::string room;
  bool wants = false; ///< Subscribed, or about to be.
  bool has_position = false;
  bool recovering = false;
  position at;
  std::size_t seen = 0; ///< Pushes checked.
};

/// Three nodes whose lanes and links run in random order while rooms are
/// published to and subscribed to, events are lost, links are cut and homes
/// move. Whatever happens:
/// - I2: an epoch and offset name one publication;
/// - I3: a positioned subscriber gets each offset once, in order, or is told.
class schedule_test : public world,
                      public testing::WithParamInterface<unsigned> {
protected:
  schedule_test() : world({"a", "b", "c"}), random(GetParam()) {
    move_home(view = 1, names, home = "a");
    run();
    for (int i = 0; i < 12; ++i) {
      follower x;
      x.who = &make_subscriber();
      x.where = nodes[i % nodes.size()].get();
      x.room = rooms[i % rooms.size()];
      followers.push_back(x);
    }
  }

  std::size_t any(std::size_t below) { return random() % below; }

  void step() {
    switch (any(24)) {
    case 0:
      return start(followers[any(followers.size())]);
    case 1:
      return stop(followers[any(followers.size())]);
    case 2:
      wire(names[any(3)], names[any(3)],
           [&](auto& x) { x.drop_events += static_cast<int>(any(3)); });
      return;
    case 3:
      return cut_or_mend();
    case 4:
      return any(3) == 0 ? move() : void();
    case 5:
      return advance(std::chrono::milliseconds(any(300)));
    case 6:
    case 7:
    case 8:
    case 9:
      return publish_one();
    case 10:
    case 11:
      return start(followers[any(followers.size())]);
    default:
      lane(static_cast<std::uint32_t>(any(9))).poll();
    }
  }

  template <class F>
  void wire(const std::string& one, const std::string& other, F f) {
    if (one != other)
      f(world::wire(one, other));
  }

  void publish_one() {
    const auto data = std::to_string(++published);
    const auto& room = rooms[any(rooms.size())];
    answers.push_back(
        {data, room, start_ask_room(*nodes[any(3)], publish(room, data))});
  }

  void start(follower& x) {
    if (x.wants)
      return;
    x.wants = true;
    x.recovering = x.has_position;
    x.who->on_lost = [&x] {
      x.wants = false;
    };
    start_subscribe(*x.where, *x.who,
                    x.has_position ? recovering(x.room, x.at)
                                   : positioned(x.room));
  }

  void stop(follower& x) {
    if (!x.wants)
      return;
    x.wants = false;
    audience_of(*x.where).unsubscribe(*x.who, x.room);
    check(x);
    x.who->outcome.reset();
  }

  void cut_or_mend() {
    const auto one = names[any(3)];
    const auto other = names[any(3)];
    if (one == other)
      return;
    if (!world::wire(one, other).up)
      mend(one, other);
    else if (any(8) == 0)
      cut(one, other);
  }

  /// Moves the home, with its rooms or without.
  void move() {
    const auto to = names[any(3)];
    if (to == home)
      return;
    const auto made = make_view(++view, names, to, any(4) > 0 ? home : "");
    home = to;
    for (auto& x : nodes)
      show(*x, made);
  }

  /// Checks what `x` was told since the last time.
  void check(follower& x) {
    if (x.who->outcome)
      take_answer(x);
    for (; x.seen < x.who->pushes.size(); ++x.seen)
      take(x, x.who->pushes[x.seen].pub());
  }

  void take_answer(follower& x) {
    if (x.who->error()) {
      x.wants = false;
    } else {
      const auto& answer = x.who->answer();
      if (x.recovering && answer.recovered) {
        ASSERT_EQ(answer.epoch, x.at.epoch);
        for (const auto& made : answer.publications)
          take(x, *made);
      } else {
        x.at = {answer.epoch, answer.offset};
        x.has_position = true;
      }
    }
    x.who->outcome.reset();
  }

  void take(follower& x, const roost::client::Publication& made) {
    ASSERT_EQ(made.offset(), x.at.offset + 1)
        << x.room << " on " << x.where->name;
    ++x.at.offset;
    note(x.room, x.at, made.data());
  }

  void note(const std::string& room, const position& where,
            const std::string& data) {
    const auto [entry, fresh] =
        known.try_emplace({room, where.epoch, where.offset}, data);
    ASSERT_EQ(entry->second, data) << room << " " << where.offset;
  }

  void check_all() {
    for (auto& x : followers)
      check(x);
    std::erase_if(answers, [this](auto& x) {
      if (x.asked->pending())
        return false;
      if (x.asked->answer && x.asked->answer->reply->has_published()) {
        const auto& at = x.asked->answer->reply->published();
        note(x.room, {at.epoch(), at.offset()}, x.data);
      }
      return true;
    });
  }

  /// Repairs everything and lets it come to rest.
  void settle() {
    for (const auto* one : {"a", "b", "c"})
      for (const auto* other : {"a", "b", "c"})
        wire(one, other, [&](wire_state& x) {
          x.drop_events = 0;
          if (!x.up)
            mend(one, other);
        });
    run();
    for (auto& x : nodes)
      for (auto& [name, link] : x->links) {
        auto& end = object<wire_end>(link);
        end.in_handler([&end] { end.tell_gaps(); });
      }
    advance(20s);
    check_all();
  }

  struct published_one {
    std::string data;
    std::string room;
    std::shared_ptr<test_support::asked<actors::room_answer>> asked;
  };

  std::mt19937 random;
  const std::vector<std::string> names{"a", "b", "c"};
  const std::vector<std::string> rooms{"lobby", "small:x", "game"};
  std::string home;
  std::uint64_t view = 0;
  int published = 0;
  std::deque<follower> followers;
  std::vector<published_one> answers;
  std::map<std::tuple<std::string, std::string, std::uint64_t>, std::string>
      known;
};

TEST_P(schedule_test, keeps_the_order_and_loses_nothing_silently) {
  for (int i = 0; i < 2'000 && !HasFatalFailure(); ++i) {
    step();
    check_all();
  }
  settle();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(answers.empty()) << "requests without answer";
  // Everybody who is in has reached the top.
  int in = 0;
  for (auto& x : followers)
    if (x.wants) {
      ++in;
      EXPECT_EQ(x.at, top_of(*x.where, x.room))
          << x.room << " on " << x.where->name;
    }
  std::size_t delivered = 0;
  for (const auto& x : followers)
    delivered += x.seen;
  EXPECT_GT(delivered, 100u); // else it shows nothing
}

INSTANTIATE_TEST_SUITE_P(seeds, schedule_test, testing::Range(1u, 41u));

} // namespace
