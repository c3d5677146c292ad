#include "net/accept_trouble.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace net {

namespace {

boost::system::error_code error(int value) {
  return {value, boost::system::system_category()};
}

constexpr accept_trouble::clock::time_point noon{std::chrono::hours{1}};

} // namespace

TEST(accept_trouble_test, takes_nothing_for_lasting_that_ends_one_connection) {
  for (const int passing : {ECONNABORTED, EINTR, EAGAIN})
    EXPECT_TRUE(accept_trouble::passes(error(passing))) << passing;
  for (const int lasting : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM, EPROTO,
                            ENETDOWN, EINVAL, EBADF})
    EXPECT_FALSE(accept_trouble::passes(error(lasting))) << lasting;
}

TEST(accept_trouble_test, says_each_kind_once_a_minute_with_a_count) {
  accept_trouble trouble;
  const auto first = trouble.note(error(EMFILE), noon);
  ASSERT_TRUE(first);
  EXPECT_NE(first->find("Too many open files"), std::string::npos);
  for (int i = 1; i < 60; ++i)
    EXPECT_FALSE(trouble.note(error(EMFILE), noon + std::chrono::seconds{i}));
  EXPECT_TRUE(trouble.note(error(ENFILE), noon + std::chrono::seconds{1}));
  const auto again =
      trouble.note(error(EMFILE), noon + std::chrono::seconds{60});
  ASSERT_TRUE(again);
  EXPECT_NE(again->find("60 times"), std::string::npos);
}

} // namespace net
