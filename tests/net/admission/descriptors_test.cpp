#include "net/admission/descriptors.hpp"

#include <gtest/gtest.h>

namespace net {

TEST(descriptors_test, keeps_what_the_internal_address_and_the_node_need) {
  const auto shares = share_descriptors(1'048'576, 1024);
  EXPECT_EQ(shares.kept(), 1024U + 512U);
  EXPECT_EQ(shares.internal, 1024U);
  EXPECT_EQ(shares.leaving, 64U);
}

TEST(descriptors_test, keeps_half_of_few) {
  const auto shares = share_descriptors(256, 1024);
  EXPECT_EQ(shares.clients, 128U);
  EXPECT_EQ(shares.internal, 64U);
  EXPECT_EQ(shares.leaving, 16U);
}

} // namespace net
