#include "tests/room/delta_reader.hpp"
#include "tests/room/world.hpp"

#include <gmock/gmock.h>

#include <random>

namespace {

using namespace room_test;
using proto::wire_format;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Subscribers that asked for deltas: `here` is the home, `there` is not.
class delta_test : public world {
protected:
  delta_test() : world({"a", "b"}) {
    move_home(1, {"a", "b"}, "a");
    run();
  }

  /// The state of a room, of which little changes.
  static std::string state(int number) {
    return R"({"map":")" + std::string(300, 'm') + R"(","turn":)"
           + std::to_string(number) + R"(,"rest":")" + std::string(300, 'r')
           + "\"}";
  }

  static request_ptr marked(const std::string& room, const std::string& data) {
    auto request = publish(room, data);
    request->mutable_publish()->set_delta(true);
    return request;
  }

  void say(const std::string& room, int from, int to) {
    for (int i = from; i <= to; ++i)
      ask_room(here, marked(room, state(i)));
    run();
  }

  static std::vector<std::string> states(int from, int to) {
    std::vector<std::string> result;
    for (int i = from; i <= to; ++i)
      result.push_back(state(i));
    return result;
  }

  actors::subscription_request
  with_deltas(actors::subscription_request request) {
    request.features.delta = true;
    return request;
  }

  recording_subscriber& enter(node& where, actors::subscription_request request,
                              wire_format format = wire_format::protobuf) {
    auto& who = make_subscriber(format);
    start_subscribe(where, who, std::move(request));
    run();
    return who;
  }

  node& here = at("a");
  node& there = at("b");
};

TEST_F(delta_test, sends_what_a_publication_changes) {
  for (auto* where : {&here, &there})
    for (const auto format : {wire_format::json, wire_format::protobuf}) {
      const auto room = where->name + std::to_string(static_cast<int>(format));
      auto& who = enter(*where, with_deltas(wish(room)), format);
      delta_reader reader{who};
      say(room, 1, 3);
      EXPECT_EQ(reader.take(), states(1, 3));
      EXPECT_THAT(reader.take_marks(), ElementsAre(false, true, true));
    }
}

TEST_F(delta_test, sends_what_came_in_one_turn_as_a_chain) {
  auto& who = enter(there, with_deltas(wish("lobby")));
  delta_reader reader{who};
  std::vector<decltype(start_ask_room(here, marked("lobby", "")))> asked;
  for (int i = 1; i <= 3; ++i)
    asked.push_back(start_ask_room(here, marked("lobby", state(i))));
  run();
  EXPECT_EQ(reader.take(), states(1, 3));
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, true, true));
}

TEST_F(delta_test, sends_whole_what_is_not_marked) {
  auto& who = enter(there, with_deltas(wish("lobby")));
  delta_reader reader{who};
  say("lobby", 1, 1);
  ask_room(here, publish("lobby", state(2)));
  say("lobby", 3, 3);
  EXPECT_EQ(reader.take(), states(1, 3));
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, false, true));
}

TEST_F(delta_test, sends_whole_what_a_delta_would_not_make_smaller) {
  auto& who = enter(here, with_deltas(wish("lobby")));
  delta_reader reader{who};
  for (const auto* data : {"1", "2", "{}"})
    ask_room(here, marked("lobby", data));
  EXPECT_THAT(reader.take(), ElementsAre("1", "2", "{}"));
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, false, false));
}

TEST_F(delta_test, works_without_a_history) {
  auto& who = enter(there, with_deltas(wish("plain:x")));
  delta_reader reader{who};
  say("plain:x", 1, 2);
  EXPECT_EQ(reader.take(), states(1, 2));
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, true));
}

TEST_F(delta_test, shows_nothing_of_it_to_who_has_not_asked) {
  auto& json = enter(here, wish("lobby"), wire_format::json);
  auto& binary = enter(here, wish("lobby"));
  auto& asked = enter(here, with_deltas(wish("lobby")));
  say("lobby", 1, 2);
  EXPECT_THAT(json.text, HasSubstr(R"("data":{"map":")"));
  EXPECT_THAT(json.text, Not(HasSubstr("delta")));
  ASSERT_THAT(binary.pushes, SizeIs(2));
  for (const auto& x : binary.pushes)
    EXPECT_FALSE(x.pub().delta());
  EXPECT_EQ(binary.take_data(), states(1, 2));
  EXPECT_FALSE(binary.answer().delta);
  EXPECT_TRUE(asked.answer().delta);
}

TEST_F(delta_test, makes_a_delta_once_for_all_of_a_format) {
  for (int i = 0; i < 3; ++i)
    for (const auto format : {wire_format::json, wire_format::protobuf})
      enter(here, with_deltas(wish("lobby")), format);
  say("lobby", 1, 1);
  const auto frames = metrics_of(here).frames_encoded.value();
  say("lobby", 2, 2);
  EXPECT_EQ(metrics_of(here).deltas_encoded.value(), 2u);
  EXPECT_EQ(metrics_of(here).frames_encoded.value(), frames + 2);
}

TEST_F(delta_test, starts_whole_for_who_comes_later) {
  auto& first = enter(here, with_deltas(wish("lobby")));
  delta_reader first_reader{first};
  say("lobby", 1, 1);
  auto& second = enter(here, with_deltas(positioned("lobby")));
  delta_reader second_reader{second};
  say("lobby", 2, 3);
  EXPECT_EQ(first_reader.take(), states(1, 3));
  EXPECT_THAT(first_reader.take_marks(), ElementsAre(false, true, true));
  EXPECT_EQ(second_reader.take(), states(2, 3));
  EXPECT_THAT(second_reader.take_marks(), ElementsAre(false, true));
}

TEST_F(delta_test, starts_whole_for_who_comes_back) {
  enter(here, with_deltas(wish("lobby")));
  auto& who = enter(here, with_deltas(wish("lobby")));
  delta_reader reader{who};
  say("lobby", 1, 2);
  reader.take();
  audience_of(here).unsubscribe(who, "lobby");
  say("lobby", 3, 3);
  start_subscribe(here, who, with_deltas(wish("lobby")));
  run();
  reader.take_marks();
  say("lobby", 4, 5);
  EXPECT_EQ(reader.take(), states(4, 5));
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, true));
}

TEST_F(delta_test, gives_what_was_missed_as_a_chain_and_goes_on_from_it) {
  say("lobby", 1, 4);
  for (const auto format : {wire_format::json, wire_format::protobuf}) {
    const auto top = top_of(here, "lobby");
    const auto from = static_cast<int>(top.offset);
    auto& who = enter(
        there, with_deltas(recovering("lobby", {top.epoch, top.offset - 3})),
        format);
    delta_reader reader{who};
    EXPECT_EQ(reader.take(), states(from - 2, from));
    EXPECT_THAT(reader.take_marks(), ElementsAre(false, true, true));
    say("lobby", from + 1, from + 1);
    EXPECT_EQ(reader.take(), states(from + 1, from + 1));
    EXPECT_THAT(reader.take_marks(), ElementsAre(true));
  }
}

TEST_F(delta_test, starts_whole_for_who_has_missed_nothing) {
  say("lobby", 1, 2);
  auto& other = enter(here, with_deltas(wish("lobby")));
  auto& who =
      enter(here, with_deltas(recovering("lobby", top_of(here, "lobby"))));
  delta_reader reader{who};
  delta_reader other_reader{other};
  say("lobby", 3, 4);
  EXPECT_EQ(reader.take(), states(3, 4));
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, true));
  EXPECT_EQ(other_reader.take(), states(3, 4));
}

TEST_F(delta_test, does_not_take_another_epochs_publication_for_the_base) {
  auto& other = enter(there, with_deltas(wish("lobby")));
  delta_reader other_reader{other};
  say("lobby", 1, 1);
  // The room is lost with its home; its next life has an offset 1, too.
  move_home(2, {"b"}, "b");
  run();
  ask_room(there, marked("lobby", state(50)));
  run();
  auto& who = enter(there, with_deltas(recovering("lobby", {"", 0})));
  delta_reader reader{who};
  EXPECT_EQ(reader.take(), states(50, 50));
  ask_room(there, marked("lobby", state(51)));
  run();
  EXPECT_EQ(reader.take(), states(51, 51));
  EXPECT_THAT(other_reader.take().back(), state(51));
}

TEST_F(delta_test, goes_on_after_a_hole) {
  auto& who = enter(there, with_deltas(positioned("lobby")));
  delta_reader reader{who};
  say("lobby", 1, 2);
  cut("a", "b");
  say("lobby", 3, 5);
  mend("a", "b");
  run();
  say("lobby", 6, 7);
  EXPECT_EQ(reader.take(), states(1, 7));
}

TEST_F(delta_test, goes_on_after_publications_that_are_gone) {
  auto& who = enter(there, with_deltas(wish("small:x")));
  delta_reader reader{who};
  say("small:x", 1, 2);
  cut("a", "b");
  say("small:x", 3, 8);
  mend("a", "b");
  run();
  say("small:x", 9, 10);
  const auto seen = reader.take();
  ASSERT_THAT(seen, SizeIs(4));
  EXPECT_EQ(seen[2], state(9));
  EXPECT_EQ(seen[3], state(10));
}

TEST_F(delta_test, gives_pages_that_can_be_read) {
  constexpr std::size_t size = 100 * 1024; // two in a page
  auto large = [](int number) {
    auto result = std::string(size, 'x');
    result[50] = static_cast<char>('a' + number);
    return result;
  };
  std::vector<std::string> all;
  for (int i = 0; i < 7; ++i) {
    all.push_back(large(i));
    ask_room(here, marked("lobby", all.back()));
  }
  auto& live = enter(there, with_deltas(wish("lobby")));
  delta_reader live_reader{live};
  auto& who = make_subscriber();
  who.has_room = false;
  start_subscribe(
      there, who,
      with_deltas(recovering("lobby", {top_of(here, "lobby").epoch, 0})));
  run();
  for (int i = 7; i < 9; ++i) {
    all.push_back(large(i));
    ask_room(here, marked("lobby", all.back()));
  }
  run();
  who.has_room = true;
  audience_of(there).go_on(who);
  run();
  for (int i = 9; i < 11; ++i) {
    all.push_back(large(i));
    ask_room(here, marked("lobby", all.back()));
  }
  run();
  delta_reader reader{who};
  EXPECT_TRUE(reader.take() == all);
  const auto marks = reader.take_marks();
  ASSERT_THAT(marks, SizeIs(11));
  EXPECT_TRUE(marks[1]);
  EXPECT_TRUE(marks[10]);
  EXPECT_THAT(live_reader.take(), SizeIs(4));
}

TEST_F(delta_test, gives_json_clients_what_others_have_as_a_string) {
  auto& who = enter(here, with_deltas(wish("lobby")), wire_format::json);
  ask_room(here, publish("lobby", "{\"a\": \"\xc3\xa4\"}"));
  run();
  EXPECT_THAT(who.text, HasSubstr("\"data\":\"{\\\"a\\\":\\\"\xc3\xa4\\\"}\""));
}

TEST_F(delta_test, says_to_json_clients_what_is_no_json) {
  auto& who = enter(here, with_deltas(wish("lobby")), wire_format::json);
  ask_room(here, publish("lobby", "\xff\x01"));
  run();
  EXPECT_THAT(who.text, HasSubstr(R"("data":"\"/wE=\"")"));
  EXPECT_THAT(who.text, HasSubstr(R"("tags":{"roost.encoding":"base64"})"));
}

TEST_F(delta_test, cuts_no_character_in_two) {
  auto& who = enter(here, with_deltas(wish("lobby")), wire_format::json);
  delta_reader reader{who};
  const std::string filler(200, 'f');
  std::vector<std::string> all;
  for (const auto* letter : {"\xc3\xa4", "\xc3\xb6", "\xf0\x9f\x8e\xb2",
                             "\xf0\x9f\x8e\xb3", "\xd0\xa4"}) {
    all.push_back("\"" + filler + letter + filler + "\"");
    ask_room(here, marked("lobby", all.back()));
  }
  run();
  EXPECT_EQ(reader.take(), all);
  EXPECT_THAT(reader.take_marks(), ElementsAre(false, true, true, true, true));
}

TEST_F(delta_test, keeps_a_publication_while_somebody_wants_deltas) {
  const auto& kept = metrics_of(here).delta_base_bytes;
  auto& who = enter(here, with_deltas(wish("lobby")));
  enter(here, wish("lobby"));
  EXPECT_EQ(kept.value(), 0);
  say("lobby", 1, 1);
  EXPECT_GE(kept.value(), 600);
  EXPECT_LT(kept.value(), 2000);
  audience_of(here).unsubscribe(who, "lobby");
  EXPECT_EQ(kept.value(), 0);
}

// The answer of the home has all that was missed, which may be 256 KiB.
TEST_F(delta_test, keeps_no_more_of_what_was_missed_than_deltas_start_from) {
  subscribe(here, wish("lobby"));
  say("lobby", 1, 5);
  const auto epoch = top_of(here, "lobby").epoch;
  auto& who = enter(here, with_deltas(recovering("lobby", {epoch, 1})));
  ASSERT_THAT(who.recovered_offsets(), ElementsAre(2, 3, 4, 5));
  const std::weak_ptr first{who.answer().publications.front()};
  who.outcome.reset();
  EXPECT_TRUE(first.expired());
  EXPECT_GE(metrics_of(here).delta_base_bytes.value(), 600);
}

TEST_F(delta_test, every_client_reads_what_was_published_whatever_happens) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 random{seed};
    auto any = [&random](unsigned n) {
      return random() % n;
    };
    const auto room = "mixed " + std::to_string(seed);
    struct member {
      recording_subscriber* who;
      node* where;
      std::vector<std::string> expected;
      bool in;
    };
    std::vector<member> members;
    std::vector<std::unique_ptr<delta_reader>> readers;
    std::vector<std::string> all;
    for (int step = 0; step < 60; ++step) {
      const auto what = any(10);
      if (what < 6 || members.empty()) {
        auto request = publish(room, state(static_cast<int>(any(1000))));
        request->mutable_publish()->set_delta(any(4) != 0);
        request->mutable_publish()->set_skip_history(any(8) == 0);
        const auto kept = !request->publish().skip_history();
        const auto data = request->publish().data();
        ask_room(here, std::move(request));
        run();
        if (kept)
          all.push_back(data);
        for (auto& x : members)
          if (x.in)
            x.expected.push_back(data);
      } else if (what < 9 && members.size() < 8) {
        auto& where = any(2) == 0 ? here : there;
        const auto back = std::min<std::size_t>(any(4), all.size());
        auto& who =
            enter(where,
                  with_deltas(recovering(
                      room, {top_of(here, room).epoch, all.size() - back})),
                  any(2) == 0 ? wire_format::json : wire_format::protobuf);
        members.push_back({&who,
                           &where,
                           {all.end() - static_cast<long>(back), all.end()},
                           true});
        readers.push_back(std::make_unique<delta_reader>(who));
      } else {
        auto& x = members[any(static_cast<unsigned>(members.size()))];
        audience_of(*x.where).unsubscribe(*x.who, room);
        x.in = false;
      }
    }
    for (std::size_t i = 0; i < members.size(); ++i)
      EXPECT_EQ(readers[i]->take(), members[i].expected) << "seed " << seed;
  }
}

} // namespace
