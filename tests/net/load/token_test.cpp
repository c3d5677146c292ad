#include "net/load/token.hpp"

#include <gtest/gtest.h>

namespace net::load {

// The same as another implementation makes of this:
//
//   printf '%s' eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.PAYLOAD |
//     openssl dgst -sha256 -hmac secret -binary | basenc --base64url
TEST(token_test, makes_a_token_that_others_read) {
  EXPECT_EQ(make_token("secret", "alice", 1'000),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
            ".eyJzdWIiOiJhbGljZSIsImV4cCI6NDYwMH0"
            ".0rPmDSefg4XCHCHbqOZoiQ5_dz5uXigC8Fp5CCrQxOs");
}

} // namespace net::load
