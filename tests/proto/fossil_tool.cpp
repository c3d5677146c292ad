// fossil_tool bytes|text|apply
//
// Reads pairs until its input ends, and writes an answer for each: of base and
// target the delta, as bytes or as text; of base and delta the target. What is
// read or written goes behind its size, 4 bytes, big-endian. Where there is no
// answer the size is 0xffffffff.
#include "proto/fossil_delta.hpp"

#include <cstdio>
#include <cstring>
#include <optional>

namespace {

constexpr std::uint32_t nothing = 0xffffffff;
constexpr std::size_t most = 64 << 20;

std::optional<std::string> read() {
  unsigned char head[4];
  if (std::fread(head, 1, sizeof head, stdin) != sizeof head)
    return std::nullopt;
  std::size_t size = 0;
  for (auto byte : head)
    size = size << 8 | byte;
  if (size > most)
    return std::nullopt;
  std::string out(size, '\0');
  if (std::fread(out.data(), 1, size, stdin) != size)
    return std::nullopt;
  return out;
}

void write(const std::optional<std::string>& answer) {
  auto size = answer ? static_cast<std::uint32_t>(answer->size()) : nothing;
  for (int shift = 24; shift >= 0; shift -= 8)
    std::fputc(static_cast<int>(size >> shift & 0xff), stdout);
  if (answer)
    std::fwrite(answer->data(), 1, answer->size(), stdout);
}

} // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 2 ? argv[1] : "";
  if (mode != "bytes" && mode != "text" && mode != "apply") {
    std::fputs("usage: fossil_tool bytes|text|apply\n", stderr);
    return 2;
  }
  proto::fossil_encoder encoder;
  while (auto base = read()) {
    auto other = read();
    if (!other)
      break;
    if (mode == "apply") {
      write(proto::apply_fossil_delta(*base, *other, most));
      continue;
    }
    std::string delta;
    auto text =
        mode == "text" ? proto::delta_text::utf8 : proto::delta_text::no;
    write(encoder.encode(*base, *other, text, delta) ? std::optional{delta}
                                                     : std::nullopt);
  }
}
