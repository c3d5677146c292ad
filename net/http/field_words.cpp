#include "net/http/field_words.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace net {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view whitespace = " \t";
  const auto begin = text.find_first_not_of(whitespace);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(whitespace) - begin + 1);
}

std::string_view take_item(std::string_view& list, char separator) {
  const auto end = std::min(list.find(separator), list.size());
  const auto item = trimmed(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return item;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return text;
}

bool same_word(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

} // namespace net
