#include "support.hpp"

#include <stdexcept>

namespace config {

namespace {

channel_section chat_and_game() {
  channel_section section;
  section.without_namespace.presence = true;
  section.namespaces["chat"].name = "chat";
  section.namespaces["game"].name = "game";
  return section;
}

} // namespace

TEST(channel_test, finds_a_namespace_by_the_text_before_the_first_colon) {
  auto section = chat_and_game();
  ASSERT_NE(section.find("chat:lobby"), nullptr);
  EXPECT_EQ(section.find("chat:lobby")->name, "chat");
  EXPECT_EQ(section.find("game:chat:1")->name, "game");
  EXPECT_EQ(section.find("chat:")->name, "chat");
}

TEST(channel_test, gives_rooms_without_namespace_their_own_options) {
  auto section = chat_and_game();
  for (auto room : {"lobby", "", "$lobby", ":lobby", "#42"})
    EXPECT_EQ(section.find(room), &section.without_namespace) << room;
}

TEST(channel_test, does_not_know_other_namespaces) {
  auto section = chat_and_game();
  for (auto room : {"news:1", "Chat:1", "cha:1", "chat :1", "$$chat:1"})
    EXPECT_EQ(section.find(room), nullptr) << room;
}

TEST(channel_test, ignores_the_sign_of_private_rooms) {
  auto section = chat_and_game();
  ASSERT_NE(section.find("$chat:staff"), nullptr);
  EXPECT_EQ(section.find("$chat:staff")->name, "chat");
}

TEST(channel_test, splits_the_name_of_a_room) {
  auto name = split_room_name("$chat:a:b");
  EXPECT_EQ(name.name_space, "chat");
  EXPECT_EQ(name.rest, "a:b");
  EXPECT_TRUE(name.is_private);
}

TEST(channel_test, searches_a_pattern_in_a_name) {
  room_pattern pattern{"^[a-z]+-[0-9]{2}$"};
  EXPECT_TRUE(pattern.matches("room-42"));
  EXPECT_FALSE(pattern.matches("room-421"));
  EXPECT_TRUE(room_pattern{"o"}.matches("room"));
}

TEST(channel_test, matches_everything_without_pattern) {
  EXPECT_TRUE(room_pattern{}.matches("anything"));
  EXPECT_TRUE(room_pattern{""}.empty());
}

TEST(channel_test, refuses_a_pattern_that_could_take_exponential_time) {
  // Back references need the backtracking matcher.
  EXPECT_THROW(room_pattern{"(a)\\1"}, std::invalid_argument);
  EXPECT_THROW(room_pattern{"["}, std::invalid_argument);
}

TEST(channel_test, matches_a_hostile_name_in_no_time) {
  room_pattern pattern{"^(a+)+$"};
  EXPECT_FALSE(pattern.matches(std::string(255, 'a') + "!"));
}

} // namespace config
