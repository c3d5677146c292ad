#include "cluster-config/text_file.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>

namespace config {

std::optional<std::string> read_text_file(const std::string& path) {
  constexpr std::size_t most = 16u << 20;
  auto close = [](std::FILE* file) {
    std::fclose(file);
  };
  std::unique_ptr<std::FILE, decltype(close)> file{
      std::fopen(path.c_str(), "rb"), close};
  if (!file)
    return std::nullopt;
  std::string text;
  char buffer[4096];
  while (auto count = std::fread(buffer, 1, sizeof buffer, file.get())) {
    text.append(buffer, count);
    if (text.size() > most) {
      errno = EFBIG;
      return std::nullopt;
    }
  }
  // Also what opens but cannot be read, such as a folder.
  if (std::ferror(file.get()))
    return std::nullopt;
  return text;
}

} // namespace config
