#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace config {

/// A regular expression (ECMAScript without back references) for the names of
/// rooms. Its search time grows with the name's length, never exponentially,
/// because names come from clients. Copies share the compiled form.
class room_pattern {
public:
  room_pattern() = default;

  /// Throws std::invalid_argument when `text` is no such expression; an empty
  /// text makes a pattern that matches everything.
  explicit room_pattern(std::string text);

  /// Whether `name` contains a match; anchor with ^ and $ to match it whole.
  bool matches(std::string_view name) const;

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const room_pattern& other) const {
    return text_ == other.text_;
  }

private:
  struct compiled;
  std::string text_;
  std::shared_ptr<const compiled> compiled_;
};

} // namespace config
