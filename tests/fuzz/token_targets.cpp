#include "actors/auth/base64url.hpp"
#include "actors/auth/hmac_key.hpp"
#include "actors/auth/token_verifier.hpp"
#include "proto/utf8.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace fuzz {

using namespace actors;

namespace {

const std::string secret = "a secret of the fuzzer with 32 bytes";

const token_verifier& verifier() {
  static const token_verifier made{[] {
    token_keys keys;
    keys.hmac_secret = secret;
    return keys;
  }()};
  return made;
}

std::string sign(std::string_view header, std::string_view payload) {
  auto text = base64url(header) + '.' + base64url(payload);
  return text + '.' + base64url(hmac_key{secret}.sign(algorithm::hs256, text));
}

template <class Claims>
void check(const verified<Claims>& result) {
  if (!result) {
    require(!result.error().why.empty(), "a refusal has a reason");
    require(proto::is_utf8(result.error().why), "a reason is text");
    return;
  }
  require(proto::is_utf8(result->user) && proto::is_utf8(result->id)
              && proto::is_utf8(result->issuer),
          "names are text");
}

/// Who simdjson's other reader says it is; nothing where the two may differ.
std::optional<std::string> user_of(std::string_view payload) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view user;
  const simdjson::padded_string text{payload};
  if (parser.parse(text).get(object) != simdjson::SUCCESS
      || object["sub"].get(user) != simdjson::SUCCESS)
    return std::nullopt;
  return std::string{user};
}

} // namespace

void token(std::string_view bytes) {
  const auto zero = bytes.find('\0');
  const auto header = zero == std::string_view::npos ? R"({"alg":"HS256"})"
                                                     : bytes.substr(0, zero);
  const auto payload =
      zero == std::string_view::npos ? bytes : bytes.substr(zero + 1);
  const auto text = sign(header, payload);
  const std::chrono::system_clock::time_point noon{
      std::chrono::seconds{1'750'000'000}};
  const auto connection = verifier().verify_connection(text, noon);
  check(connection);
  check(verifier().verify_subscription(text, noon));
  if (!connection)
    return;
  if (const auto user = user_of(payload))
    require(connection->user == *user, "another reader sees the same user");
}

} // namespace fuzz
