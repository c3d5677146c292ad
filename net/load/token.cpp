#include "net/load/token.hpp"

#include "actors/auth/base64url.hpp"
#include "actors/auth/hmac_key.hpp"
#include "net/load/protocol/protocol.hpp"

namespace net::load {

std::string make_token(std::string_view secret, std::string_view user,
                       std::int64_t unix_seconds) {
  auto text =
      actors::base64url(R"({"alg":"HS256","typ":"JWT"})") + "."
      + actors::base64url(R"({"sub":)" + json_string(user) + R"(,"exp":)"
                          + std::to_string(unix_seconds + 3600) + "}");
  return text + "."
         + actors::base64url(
             actors::hmac_key{secret}.sign(actors::algorithm::hs256, text));
}

} // namespace net::load
