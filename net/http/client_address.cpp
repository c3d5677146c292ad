#include "net/http/client_address.hpp"

#include "net/admission/ip_range.hpp"
#include "net/http/field_words.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace net {

namespace {

/// An address as headers write it: with or without quotes, brackets and port.
/// Nothing when it is none.
std::optional<asio::ip::address> parse_ip(std::string_view text) {
  if (text.starts_with('['))
    text = text.substr(1, text.find(']') - 1);
  else if (std::ranges::count(text, ':') == 1)
    text = text.substr(0, text.find(':'));
  const auto bytes = config::parse_ip(text);
  return bytes ? std::optional{address_of(*bytes)} : std::nullopt;
}

/// Who a header names; nothing when it names nobody.
std::optional<peer_address> parse_node(std::string_view text) {
  text = unquoted(text);
  if (text
      == config::unix_peers) // what nginx calls whoever is at a unix socket
    return peer_address{};
  auto address = parse_ip(text);
  return address ? std::optional<peer_address>{std::move(address)}
                 : std::nullopt;
}

/// All lines of a header as one list: some proxies add a line of their own.
std::string joined(const http_request& request, beast::string_view name) {
  std::string out;
  const auto [begin, end] = request.equal_range(name);
  for (auto i = begin; i != end; ++i) {
    if (!out.empty())
      out += ',';
    out.append(i->value().data(), i->value().size());
  }
  return out;
}

/// The part of an element of Forwarded that says for whom it was.
std::string_view for_whom(std::string_view element) {
  while (!element.empty()) {
    const auto pair = take_item(element, ';');
    if (pair.size() > 4 && same_word(pair.substr(0, 4), "for="))
      return pair.substr(4);
  }
  return {};
}

/// The last of a list that is none of ours; if all are, the first. A node that
/// is no address ("unknown") ends the search: who is before it could be made
/// up.
template <class NodeOf>
std::optional<peer_address> last_foreign(std::string_view list,
                                         const config::trusted_proxies& trusted,
                                         NodeOf node_of) {
  std::optional<peer_address> found;
  while (!list.empty()) {
    const auto comma = list.rfind(',');
    const auto begin = comma == std::string_view::npos ? 0 : comma + 1;
    const auto here = parse_node(node_of(trimmed(list.substr(begin))));
    if (!here)
      return found;
    found = here;
    if (!is_proxy(*here, trusted))
      return found;
    list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  return found;
}

} // namespace

peer_address client_address(const http_request& request,
                            const peer_address& peer,
                            const config::trusted_proxies& trusted) {
  if (!is_proxy(peer, trusted))
    return peer;
  // The first that is there counts, even if it names nobody: a proxy that
  // writes one passes on what clients have put into the others.
  if (const auto list = joined(request, "X-Forwarded-For");
      !trimmed(list).empty())
    return last_foreign(list, trusted, [](std::string_view x) { return x; })
        .value_or(peer);
  if (const auto list = joined(request, "Forwarded"); !trimmed(list).empty())
    return last_foreign(list, trusted, for_whom).value_or(peer);
  return parse_node(joined(request, "X-Real-IP")).value_or(peer);
}

} // namespace net
