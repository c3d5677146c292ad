#include "actors/cluster/membership/copy_reports.hpp"

#include <gtest/gtest.h>

using namespace actors;

namespace {

copy_reports::report lost(std::uint32_t shard, std::uint64_t term) {
  auto x = std::make_shared<roost::link::CopiesReport>();
  x->set_shard(shard);
  x->set_term(term);
  x->add_lost("b");
  return x;
}

int count(const copy_reports& x) {
  roost::link::Heartbeat out;
  x.write(out);
  return out.copies_size();
}

TEST(copy_reports_test, keeps_the_last_of_each_shard) {
  copy_reports reports;
  EXPECT_TRUE(reports.add(lost(1, 7)));
  EXPECT_TRUE(reports.add(lost(1, 7)));
  EXPECT_TRUE(reports.add(lost(2, 7)));
  EXPECT_EQ(count(reports), 2);
}

TEST(copy_reports_test, forgets_a_shard_with_nothing_to_say) {
  copy_reports reports;
  reports.add(lost(1, 7));
  auto nothing = std::make_shared<roost::link::CopiesReport>();
  nothing->set_shard(1);
  EXPECT_FALSE(reports.add(nothing));
  EXPECT_EQ(count(reports), 0);
}

TEST(copy_reports_test, ends_with_a_newer_term) {
  copy_reports reports;
  reports.add(lost(0, 7));
  reports.add(lost(1, 8));
  reports.add(lost(9, 8));
  roost::link::View view;
  for (int i = 0; i < 2; ++i) {
    view.add_homes(-1);
    view.add_copies()->set_term(8);
  }
  reports.install(view);
  EXPECT_EQ(count(reports), 1); // there is no shard 9
}

} // namespace
