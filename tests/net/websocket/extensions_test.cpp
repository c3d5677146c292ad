#include "net/websocket/extensions.hpp"

#include <gtest/gtest.h>

namespace net {

namespace {

constexpr auto plain = "permessage-deflate; server_no_context_takeover; "
                       "client_no_context_takeover";
constexpr auto with_window = "permessage-deflate; server_no_context_takeover; "
                             "client_no_context_takeover; "
                             "server_max_window_bits=15";

} // namespace

TEST(extensions_test, accepts_what_clients_offer) {
  for (const auto* offer : {"permessage-deflate", "Permessage-Deflate",
                            "permessage-deflate; client_max_window_bits",
                            "permessage-deflate; client_max_window_bits=10",
                            "permessage-deflate;client_max_window_bits=\"15\"",
                            "permessage-deflate ; server_no_context_takeover ; "
                            "client_no_context_takeover",
                            "x-webkit-deflate-frame, permessage-deflate"})
    EXPECT_EQ(accept_deflate(offer), plain) << offer;
  EXPECT_EQ(accept_deflate("permessage-deflate; server_max_window_bits=15"),
            with_window);
}

TEST(extensions_test, declines_what_it_cannot_keep) {
  for (const auto* offer :
       {"", "permessage-bzip2", "permessage-deflate; server_max_window_bits=14",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; "
        "client_no_context_takeover",
        "permessage-deflate; what_is_this", "permessage-deflate=1"})
    EXPECT_EQ(accept_deflate(offer), std::nullopt) << offer;
}

TEST(extensions_test, takes_the_first_offer_that_will_do) {
  EXPECT_EQ(accept_deflate("permessage-deflate; server_max_window_bits=10, "
                           "permessage-deflate; client_max_window_bits"),
            plain);
}

} // namespace net
