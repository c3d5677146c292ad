#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace net {

/// A column's heading and where its cells stand.
struct column {
  std::string heading;
  bool right = false;
};

/// Rows under headings, aligned for people to read. Cells are shown as
/// `visible` makes them, so nothing that a client chose can drive a terminal.
class table {
public:
  explicit table(std::vector<column> columns);

  /// Takes one cell for each column; empty ones show as "-".
  void add(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }

  /// Writes nothing but `when_empty` and a line end if there are no rows.
  void print(std::ostream& out, const std::string& when_empty) const;

private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace net
