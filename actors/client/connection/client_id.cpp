#include "actors/client/connection/client_id.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace actors {

std::string make_client_id() {
  thread_local std::random_device entropy;
  std::array<std::uint32_t, 4> bits;
  for (auto& x : bits)
    x = entropy();
  bits[1] = (bits[1] & 0xffff0fffU) | 0x00004000U; // version 4
  bits[2] = (bits[2] & 0x3fffffffU) | 0x80000000U; // RFC 4122
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(client_id_bytes);
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20)
      result.push_back('-');
    result.push_back(digits[bits[i / 8] >> (28 - i % 8 * 4) & 0xf]);
  }
  return result;
}

} // namespace actors
