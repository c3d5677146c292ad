#include "actors/room/room_directory.hpp"

namespace actors {

namespace {

std::uint64_t fnv_1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// FNV's low bits mix badly for short names that differ at the end only.
std::uint64_t finalize(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccd;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53;
  x ^= x >> 33;
  return x;
}

} // namespace

std::uint32_t shard_of(std::string_view room, std::uint32_t shard_count) {
  return static_cast<std::uint32_t>(finalize(fnv_1a(room)) % shard_count);
}

} // namespace actors
