#include "net/http/no_place.hpp"

#include <string>
#include <string_view>

namespace net {

http_reply no_place(admission::refusal why, actors::lane_metrics& metrics) {
  const auto refuse = [](actors::counter& refused, std::string_view limit) {
    refused.add();
    return http_reply{.status = 503,
                      .body = "503 service unavailable: " + std::string{limit}
                              + " is reached\n"};
  };
  switch (why) {
  case admission::refusal::address_full:
    return refuse(metrics.sockets_refused_by_address,
                  "http.connections_per_address");
  case admission::refusal::address_rate:
    return refuse(metrics.sockets_refused_by_rate,
                  "http.connection_rate_per_address");
  default:
    return refuse(metrics.sockets_refused, "client.connection_limit");
  }
}

} // namespace net
