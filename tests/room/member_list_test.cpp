#include "actors/room/audience/audience_room.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

namespace {

class nobody final : public actors::subscriber {
public:
  proto::wire_format format() const override {
    return proto::wire_format::json;
  }
  void deliver(const proto::frame_ptr&) override {}
  bool has_room_for(std::size_t) override { return true; }
  void lost_continuity(const std::string&) override {}
};

actors::audience_member member(nobody& who) {
  actors::audience_member result;
  result.who = &who;
  return result;
}

TEST(member_list_test, finds_whoever_is_in_through_any_number_of_changes) {
  std::array<nobody, 60> all;
  actors::member_list list;
  std::set<const actors::subscriber*> in;
  std::mt19937 random{7};
  for (int step = 0; step < 20'000; ++step) {
    auto& who = all[random() % all.size()];
    if (list.find(who) == nullptr) {
      list.add(member(who));
      in.insert(&who);
    } else {
      ASSERT_TRUE(list.remove(who));
      in.erase(&who);
    }
    ASSERT_EQ(list.size(), in.size());
    auto& other = all[random() % all.size()];
    auto* found = list.find(other);
    ASSERT_EQ(found != nullptr, in.contains(&other));
    if (found != nullptr) {
      ASSERT_EQ(found->who, &other);
    }
  }
}

TEST(member_list_test, does_not_remove_who_is_not_in) {
  nobody a;
  nobody b;
  actors::member_list list;
  list.add(member(a));
  EXPECT_FALSE(list.remove(b));
  EXPECT_EQ(list.size(), 1u);
}

} // namespace
