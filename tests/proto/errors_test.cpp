#include "proto/errors.hpp"
#include "proto/json_codec.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

TEST(errors_test, every_error_code_has_its_message) {
  constexpr std::string_view messages[] = {"internal server error",
                                           "unauthorized",
                                           "unknown channel",
                                           "permission denied",
                                           "method not found",
                                           "already subscribed",
                                           "limit exceeded",
                                           "bad request",
                                           "not available",
                                           "token expired",
                                           "expired",
                                           "too many requests",
                                           "unrecoverable position",
                                           "concurrent pagination"};
  for (std::uint8_t i = 0; i < std::size(messages); ++i)
    EXPECT_EQ(message(static_cast<errc>(100 + i)), messages[i]);
}

TEST(errors_test, only_the_numbers_of_errors_have_one) {
  EXPECT_EQ(errc_of(99), std::nullopt);
  EXPECT_EQ(errc_of(100), errc::internal);
  EXPECT_EQ(errc_of(113), errc::concurrent_pagination);
  EXPECT_EQ(errc_of(114), std::nullopt);
  EXPECT_EQ(errc_of(100 + 256), std::nullopt);
}

TEST(errors_test, three_errors_are_temporary) {
  for (std::uint8_t i = 100; i <= 113; ++i)
    EXPECT_EQ(temporary(static_cast<errc>(i)), i == 100 || i == 111 || i == 113)
        << int{i};
}

TEST(errors_test, sdks_reconnect_by_range) {
  for (auto code : {1000, 1006, 3000, 3001, 3499, 4000, 4499, 5000})
    EXPECT_TRUE(reconnects(static_cast<std::uint32_t>(code))) << code;
  for (auto code : {3500, 3501, 3999, 4500, 4999})
    EXPECT_FALSE(reconnects(static_cast<std::uint32_t>(code))) << code;
}

TEST(errors_test, a_disconnect_code_reconnects_by_its_range) {
  EXPECT_EQ(static_cast<int>(disconnect_code::shutdown), 3001);
  EXPECT_EQ(reason(disconnect_code::shutdown), "shutdown");
  EXPECT_EQ(static_cast<int>(disconnect_code::slow), 3008);
  EXPECT_EQ(reason(disconnect_code::slow), "slow");
  EXPECT_EQ(static_cast<int>(disconnect_code::force_disconnect), 3503);
  EXPECT_EQ(reason(disconnect_code::force_disconnect), "force disconnect");
  EXPECT_EQ(static_cast<int>(disconnect_code::too_many_errors), 3509);
}

TEST(errors_test, no_close_reason_parses_as_json) {
  for (std::uint16_t code = 3000; code < 3600; ++code) {
    auto text = reason(static_cast<disconnect_code>(code));
    EXPECT_FALSE(text.empty());
    EXPECT_LE(text.size(), 123U);
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(errors_test, unsubscribe_codes_have_reasons) {
  EXPECT_EQ(reason(unsubscribe_code{2000}), "server unsubscribe");
  EXPECT_EQ(reason(unsubscribe_code{2500}), "insufficient state");
  EXPECT_EQ(reason(unsubscribe_code{2501}), "subscription expired");
  EXPECT_EQ(reason(unsubscribe_code{2502}), "state invalidated");
}

} // namespace
} // namespace proto
