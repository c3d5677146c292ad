#include "net/ctl/table.hpp"

#include "net/ctl/display.hpp"

#include <algorithm>
#include <cassert>
#include <ostream>
#include <utility>

namespace net {

namespace {

/// Columns on a terminal; right for all but combining and wide characters.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      }));
}

constexpr const char* gap = "  ";

} // namespace

table::table(std::vector<column> columns) : columns_(std::move(columns)) {}

void table::add(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  for (auto& cell : cells)
    cell = cell.empty() ? "-" : visible(cell);
  rows_.push_back(std::move(cells));
}

void table::print(std::ostream& out, const std::string& when_empty) const {
  if (rows_.empty()) {
    out << when_empty << '\n';
    return;
  }
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto widest = width_of(columns_[i].heading);
    for (auto& row : rows_)
      widest = std::max(widest, width_of(row[i]));
    widths.push_back(widest);
  }
  auto line = [&](auto&& cell_at) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_at(i);
      std::string fill(widths[i] - width_of(cell), ' ');
      text += i == 0 ? "" : gap;
      text += columns_[i].right ? fill + cell : cell + fill;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << '\n';
  };
  line([&](std::size_t i) -> auto& { return columns_[i].heading; });
  for (auto& row : rows_)
    line([&](std::size_t i) -> auto& { return row[i]; });
}

} // namespace net
