#include "cluster-config/places.hpp"

#include "cluster-config/loader.hpp"
#include "cluster-config/raw_value.hpp"

namespace config {

void refuse(std::string_view place, std::string_view key,
            std::string_view found, std::string_view allowed) {
  std::string line{place};
  line += ": ";
  line += printable(key);
  line += ": found ";
  line += found;
  line += "; allowed: ";
  line += allowed;
  throw error{line};
}

std::string key_places::of(std::string key) const {
  for (;;) {
    if (auto found = places_.find(key); found != places_.end())
      return found->second;
    auto dot = key.rfind('.');
    if (dot == std::string::npos)
      return file_ + ":1";
    key.resize(dot);
  }
}

} // namespace config
