#pragma once

#include <cstdint>
#include <string_view>

namespace actors {

/// FNV-1a over numbers and bytes: tells what was stored from what a failing
/// disk made of it. No protection against intent.
class checksum {
public:
  checksum& add(std::uint64_t x) {
    for (int i = 0; i < 8; ++i)
      add_byte(static_cast<unsigned char>(x >> (8 * i)));
    return *this;
  }

  checksum& add(std::string_view bytes) {
    add(bytes.size());
    for (const char c : bytes)
      add_byte(static_cast<unsigned char>(c));
    return *this;
  }

  std::uint64_t value() const { return value_; }

private:
  void add_byte(unsigned char x) { value_ = (value_ ^ x) * 0x100000001b3ull; }

  std::uint64_t value_ = 0xcbf29ce484222325ull;
};

} // namespace actors
