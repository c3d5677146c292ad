#include "actors/client/api/api_methods.hpp"

#include "actors/client/api/api_error.hpp"
#include "actors/client/run_all.hpp"

#include <utility>

namespace actors {

void fail(const api_methods::on_reply& done, std::uint32_t code,
          std::string_view message) {
  roost::api::Reply reply;
  const auto known = api_message(code);
  reply.mutable_error()->set_code(code);
  reply.mutable_error()->set_message(
      std::string{known.empty() ? message : known});
  done(reply);
}

void fail(const api_methods::on_reply& done, proto::errc code) {
  fail(done, static_cast<std::uint32_t>(code));
}

api_methods::options_ptr api_methods::find(const std::string& room,
                                           const on_reply& done) const {
  if (room.empty()) {
    fail(done, proto::errc::bad_request);
    return nullptr;
  }
  const auto* options = services_.config->channel.find(room);
  if (options == nullptr)
    fail(done, proto::errc::unknown_channel);
  return options;
}

void api_methods::execute(roost::api::Command& command, on_reply done) {
  if (command.has_publish()) {
    auto& request = *command.mutable_publish();
    const auto room = std::move(*request.mutable_channel());
    publish(room, request, std::move(done));
  } else if (command.has_broadcast()) {
    broadcast(*command.mutable_broadcast(), std::move(done));
  } else if (command.has_subscribe()) {
    subscribe(*command.mutable_subscribe(), std::move(done));
  } else if (command.has_unsubscribe()) {
    unsubscribe(command.unsubscribe(), std::move(done));
  } else if (command.has_disconnect()) {
    disconnect(command.disconnect(), std::move(done));
  } else if (command.has_presence()) {
    presence(command.presence().channel(), std::move(done));
  } else if (command.has_presence_stats()) {
    presence_stats(command.presence_stats().channel(), std::move(done));
  } else if (command.has_history()) {
    history(command.history(), std::move(done));
  } else if (command.has_history_remove()) {
    history_remove(command.history_remove().channel(), std::move(done));
  } else if (command.has_info()) {
    info(std::move(done));
  } else if (command.has_refresh()) {
    refresh(*command.mutable_refresh(), std::move(done));
  } else if (command.has_channels()) {
    channels(command.channels(), std::move(done));
  } else {
    // Nothing that we know, or an rpc: no method is registered.
    fail(done, proto::errc::method_not_found);
  }
}

void api_methods::execute_all(
    std::shared_ptr<roost::api::BatchRequest> batch,
    std::function<void(roost::api::BatchResponse&)> done) {
  auto response = std::make_shared<roost::api::BatchResponse>();
  for (int i = 0; i < batch->commands_size(); ++i)
    response->add_replies();
  run_all(
      static_cast<std::size_t>(batch->commands_size()),
      batch->parallel() ? window : 1,
      [this, batch, response](std::size_t index, std::function<void()> ended) {
        const auto i = static_cast<int>(index);
        execute(*batch->mutable_commands(i),
                [i, response, ended](roost::api::Reply& reply) {
                  response->mutable_replies(i)->Swap(&reply);
                  ended();
                });
      },
      [response, done] { done(*response); });
}

} // namespace actors
