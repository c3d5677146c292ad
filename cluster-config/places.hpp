#pragma once

#include <map>
#include <string>
#include <string_view>

namespace config {

/// Throws `error` with "PLACE: KEY: found FOUND; allowed: ALLOWED".
[[noreturn]] void refuse(std::string_view place, std::string_view key,
                         std::string_view found, std::string_view allowed);

/// Where each key was written: what an error points at.
class key_places {
public:
  /// `file` is pointed at for keys that were not written.
  explicit key_places(std::string file) : file_{std::move(file)} {}

  void set(const std::string& key, const std::string& place) {
    places_[key] = place;
  }

  /// The place of the key, else of the section around it, else the file.
  std::string of(std::string key) const;

  bool written(const std::string& key) const { return places_.contains(key); }

  /// Throws `error` at the place of `key`.
  [[noreturn]] void refuse(const std::string& key, std::string_view found,
                           std::string_view allowed) const {
    config::refuse(of(key), key, found, allowed);
  }

private:
  std::string file_;
  std::map<std::string, std::string> places_;
};

} // namespace config
