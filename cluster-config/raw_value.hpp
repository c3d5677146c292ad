#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace config {

struct raw_item;

/// A value as it was written, and where.
struct raw_value {
  using list = std::vector<raw_value>;
  /// In the order of the file.
  using table = std::vector<raw_item>;
  /// What no key takes (a float, a date), as text.
  struct other {
    std::string text;
  };

  std::variant<std::string, std::int64_t, bool, list, table, other> data;
  /// "FILE:LINE" or "environment: ROOST_VARIABLE".
  std::string place;
};

/// A value with its name in a table.
struct raw_item {
  std::string name;
  raw_value value;
};

/// `text` on one line and not longer than a line should be: control
/// characters become \xNN.
std::string printable(std::string_view text);

/// `text` in double quotes, as above.
std::string in_quotes(std::string_view text);

/// The value for an error line: `"text"`, `12`, `true`, `an array`, `a table`.
std::string describe(const raw_value& x);

/// The same for a value that must not be seen: `a string`, `an integer`.
std::string describe_kind(const raw_value& x);

} // namespace config
