#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// libFuzzer on the target that ROOST_FUZZ_TARGET names.

namespace {

const fuzz::target* chosen = nullptr;

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("ROOST_FUZZ_TARGET");
  const auto all = fuzz::targets();
  const auto found =
      std::ranges::find(all, name == nullptr ? "" : name, &fuzz::target::name);
  if (found == all.end()) {
    std::fputs("ROOST_FUZZ_TARGET must be one of", stderr);
    for (const auto& x : all)
      std::fprintf(stderr, " %.*s", static_cast<int>(x.name.size()),
                   x.name.data());
    std::fputs("\n", stderr);
    std::exit(2);
  }
  chosen = &*found;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
