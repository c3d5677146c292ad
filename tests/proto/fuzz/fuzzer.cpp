#include "tests/proto/fuzz/entries.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  proto::fuzz::ROOST_FUZZ_ENTRY({reinterpret_cast<const char*>(data), size});
  return 0;
}
