#pragma once

#include "actors/client/api/api.hpp"
#include "tests/client/client_test.hpp"

#include <memory>
#include <optional>
#include <string>

namespace client_test_support {

/// The server API and admin commands over fake rooms and a membership that
/// answers as the test says.
class api_test : public client_test {
protected:
  using node_reply = std::shared_ptr<roost::link::NodeReply>;

  actors::api& api() {
    if (!api_handle) {
      start();
      api_handle = spawn<actors::api>(lane(), services);
    }
    return *actors::self_of<actors::api>(api_handle);
  }

  /// "200 {...}": status and body of the answer, or "no answer".
  std::string call(const std::string& method, const std::string& body,
                   bool transport_errors = false) {
    answer_.reset();
    api().call(method, body, transport_errors, keep_answer());
    run();
    return text();
  }

  std::string admin(const std::string& method, const std::string& body) {
    answer_.reset();
    api().admin(method, body, keep_answer());
    run();
    return text();
  }

  std::string legacy(const std::string& body) {
    answer_.reset();
    api().call_legacy(body, keep_answer());
    run();
    return text();
  }

  actors::api::on_done keep_answer() {
    return [this](actors::api_response x) {
      EXPECT_FALSE(answer_) << "answered twice";
      answer_ = std::move(x);
    };
  }

  std::string text() const {
    return answer_ ? std::to_string(answer_->status) + ' ' + answer_->body
                   : "no answer";
  }

  /// Every later survey is answered so, by node.
  void nodes_say(std::map<std::string, node_reply> replies) {
    membership.on<actors::survey>(
        [this, replies = std::move(replies)](const actors::survey& x) {
          asked = *x.request;
          return actors::survey_result{replies};
        });
  }

  static node_reply reached(std::uint32_t count) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->set_reached(count);
    return reply;
  }

  static node_reply unreachable() {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_error()->set_code(100);
    reply->mutable_error()->set_message("node-2 does not answer");
    return reply;
  }

  roost::link::NodeRequest asked; ///< By the last survey.
  caf::actor api_handle;          ///< Set by `api`.

private:
  std::optional<actors::api_response> answer_;
};

} // namespace client_test_support
