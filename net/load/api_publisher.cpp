#include "net/load/api_publisher.hpp"

#include "net/load/api_request.hpp"
#include "net/load/protocol/protocol.hpp"

#include <utility>

namespace net::load {

api_publisher::api_publisher(loop& events, const target& where, role as,
                             on_lost tell)
    : where_(where), role_(std::move(as)), tell_(std::move(tell)),
      way_(events, where, [this](http_client&, const http_answer& answer) {
        on_answer(answer);
      }) {}

void api_publisher::publish(std::string_view payload) {
  waiting_ += waiting_.empty() ? R"({"publish":)" : R"(,{"publish":)";
  append_publish_request(role_.room, payload, role_.delta, waiting_);
  waiting_ += '}';
}

void api_publisher::flush() {
  if (ended_ || waiting_.empty())
    return;
  if (!way_.failure().empty())
    return end(way_.failure());
  if (std::exchange(under_way_, true))
    return;
  const auto path = where_.path.empty() ? "/api/batch" : where_.path;
  way_.send(post_request(where_, path, role_.key,
                         R"({"commands":[)" + waiting_ + "]}"));
  waiting_.clear();
}

void api_publisher::on_answer(const http_answer& answer) {
  under_way_ = false;
  if (answer.code / 100 != 2
      || answer.body.find(R"("error":)") != answer.body.npos)
    return end("the server API answers " + std::to_string(answer.code) + " "
               + quote(answer.body));
  flush();
}

void api_publisher::end(const std::string& why) {
  ended_ = true;
  tell_(why);
}

} // namespace net::load
