#include "net/websocket/extensions.hpp"

#include "net/http/field_words.hpp"

#include <set>

namespace net {

namespace {

struct parameter {
  std::string_view name;
  std::string_view value; ///< Without quotes.
  bool has_value = false;
};

parameter parameter_of(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    return {text, {}, false};
  return {trimmed(text.substr(0, equals)),
          unquoted(trimmed(text.substr(equals + 1))), true};
}

/// "8" to "15", without leading zeros.
bool is_window(std::string_view value) {
  return value == "8" || value == "9"
         || (value.size() == 2 && value[0] == '1' && value[1] >= '0'
             && value[1] <= '5');
}

/// The answer to one offer of permessage-deflate; nothing if it will not do.
std::optional<std::string> answer_to(std::string_view parameters) {
  std::string answer = "permessage-deflate; server_no_context_takeover; "
                       "client_no_context_takeover";
  std::set<std::string_view> seen;
  while (!parameters.empty()) {
    const auto x = parameter_of(take_item(parameters, ';'));
    if (!seen.insert(x.name).second)
      return std::nullopt;
    if (x.name == "server_no_context_takeover"
        || x.name == "client_no_context_takeover") {
      if (x.has_value)
        return std::nullopt;
    } else if (x.name == "client_max_window_bits") {
      if (x.has_value && !is_window(x.value))
        return std::nullopt;
    } else if (x.name == "server_max_window_bits") {
      if (x.value != "15")
        return std::nullopt;
      answer += "; server_max_window_bits=15";
    } else {
      return std::nullopt;
    }
  }
  return answer;
}

} // namespace

std::optional<std::string> accept_deflate(std::string_view offers) {
  while (!offers.empty()) {
    auto offer = take_item(offers, ',');
    if (!same_word(take_item(offer, ';'), "permessage-deflate"))
      continue;
    if (auto answer = answer_to(offer))
      return answer;
  }
  return std::nullopt;
}

} // namespace net
