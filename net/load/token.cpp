#include "net/load/token.hpp"

#include "net/load/protocol/protocol.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace net::load {

namespace {

std::string base64url(std::string_view bytes) {
  constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(c);
    for (count += 8; count >= 6;) {
      count -= 6;
      out += letters[bits >> count & 63];
    }
  }
  if (count > 0)
    out += letters[bits << (6 - count) & 63];
  return out;
}

} // namespace

std::string make_token(std::string_view secret, std::string_view user,
                       std::int64_t unix_seconds) {
  auto text = base64url(R"({"alg":"HS256","typ":"JWT"})") + "."
              + base64url(R"({"sub":)" + json_string(user) + R"(,"exp":)"
                          + std::to_string(unix_seconds + 3600) + "}");
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum;
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       sum.data(), &size);
  return text + "."
         + base64url({reinterpret_cast<const char*>(sum.data()), size});
}

} // namespace net::load
