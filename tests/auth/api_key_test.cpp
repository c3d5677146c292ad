#include "actors/auth/api_key.hpp"

#include <gtest/gtest.h>

#include <string>

using actors::key_matches;

TEST(api_key_test, matches_itself) {
  EXPECT_TRUE(key_matches("k", "k"));
  EXPECT_TRUE(key_matches(std::string(1000, 'k'), std::string(1000, 'k')));
}

TEST(api_key_test, refuses_every_other_key) {
  EXPECT_FALSE(key_matches("secret", ""));
  EXPECT_FALSE(key_matches("secret", "Secret"));
  EXPECT_FALSE(key_matches("secret", "secre"));
  EXPECT_FALSE(key_matches("secret", "secret2"));
  EXPECT_FALSE(key_matches("secret", std::string("secret\0", 7)));
}

TEST(api_key_test, matches_nothing_when_no_key_is_configured) {
  EXPECT_FALSE(key_matches("", ""));
  EXPECT_FALSE(key_matches("", "anything"));
}
