#include "net/http/no_place.hpp"

#include <string>
#include <string_view>

namespace net {

http_reply turned_away(actors::counter& counted, std::string_view why) {
  counted.add();
  return {.status = 503,
          .body = "503 service unavailable: " + std::string{why} + "\n"};
}

http_reply no_place(admission::refusal why, actors::lane_metrics& metrics) {
  switch (why) {
  case admission::refusal::address_full:
    return turned_away(metrics.sockets_refused_by_address,
                       "http.connections_per_address is reached");
  case admission::refusal::address_rate:
    return turned_away(metrics.sockets_refused_by_rate,
                       "http.connection_rate_per_address is reached");
  default:
    return turned_away(metrics.sockets_refused,
                       "client.connection_limit is reached");
  }
}

} // namespace net
