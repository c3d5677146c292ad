#include "net/http/health_routes.hpp"

namespace net {

http_reply health(const gateway& node, const http_request& request) {
  if (request.method() != http::verb::get
      && request.method() != http::verb::head)
    return method_not_allowed("GET, HEAD");
  const bool live = node.live;
  const bool drained = node.drained;
  const bool ready = node.ready && !drained;
  const auto path = path_of(request);
  if (path != "/health" && path != "/health/ready" && path != "/health/live")
    return not_found();
  const bool good = path == "/health/live" ? live : ready;
  auto text = [](bool x) {
    return x ? "true" : "false";
  };
  return json_reply(std::string{"{\"live\":"} + text(live) + ",\"ready\":"
                        + text(ready) + ",\"drained\":" + text(drained) + "}",
                    good ? 200 : 503);
}

} // namespace net
