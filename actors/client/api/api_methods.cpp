#include "actors/client/api/api_methods.hpp"

#include "actors/client/api/api_error.hpp"
#include "actors/client/api/api_node_methods.hpp"
#include "actors/client/api/api_room_methods.hpp"
#include "actors/client/run_all.hpp"
#include "actors/room/requests.hpp"

#include <utility>

namespace actors {

void fail(const api_methods::on_reply& done, std::uint32_t code,
          std::string_view message) {
  const auto known = api_message(code);
  auto reply =
      error_reply<roost::api::Reply>(code, known.empty() ? message : known);
  done(reply);
}

void fail(const api_methods::on_reply& done, proto::errc code) {
  fail(done, static_cast<std::uint32_t>(code));
}

std::optional<proto::errc> api_methods::refuse(const std::string& room) const {
  if (room.empty() || room.size() > services_.config->client.channel_max_length)
    return proto::errc::bad_request;
  if (services_.config->channel.find(room) == nullptr)
    return proto::errc::unknown_channel;
  return std::nullopt;
}

api_methods::options_ptr api_methods::find(const std::string& room,
                                           const on_reply& done) const {
  if (const auto why = refuse(room)) {
    fail(done, *why);
    return nullptr;
  }
  return services_.config->channel.find(room);
}

namespace {

const api_method* method_of(int field) {
  for (const auto methods : {api_room_methods(), api_node_methods()})
    for (const auto& x : methods)
      if (x.field == field)
        return &x;
  return nullptr;
}

} // namespace

void api_methods::execute(roost::api::Command& command, time_point since,
                          on_reply done) {
  const auto* fields = roost::api::Command::descriptor();
  const auto* is_set = roost::api::Command::GetReflection();
  for (int i = 0; i < fields->field_count(); ++i) {
    const auto* field = fields->field(i);
    if (!is_set->HasField(command, field))
      continue;
    if (const auto* method = method_of(field->number()))
      return method->reads && reads_.limited()
                 ? read(*method, command, since, std::move(done))
                 : method->run(*this, command, std::move(done));
  }
  // Nothing that we know, or an rpc: no method is registered.
  fail(done, proto::errc::method_not_found);
}

void api_methods::read(const api_method& method, roost::api::Command& command,
                       time_point since, on_reply done) {
  auto kept = std::make_shared<roost::api::Command>();
  kept->Swap(&command);
  reads_.begin(since, [this, &method, kept, done = std::move(done)](bool may) {
    if (!may)
      return fail(done, proto::errc::too_many_requests);
    method.run(*this, *kept, [this, done](roost::api::Reply& reply) {
      reads_.end(read_cost(reply));
      done(reply);
    });
  });
}

void api_methods::execute_all(
    std::shared_ptr<batch> what,
    std::function<void(roost::api::BatchResponse&)> done) {
  auto response = std::make_shared<roost::api::BatchResponse>();
  for (int i = 0; i < what->request.commands_size(); ++i)
    response->add_replies();
  run_all(
      static_cast<std::size_t>(what->request.commands_size()),
      what->request.parallel() ? window : 1,
      [this, what, response, since = now()](std::size_t index,
                                            std::function<void()> ended) {
        const auto i = static_cast<int>(index);
        auto& command = *what->request.mutable_commands(i);
        on_reply keep = [i, response, ended](roost::api::Reply& reply) {
          response->mutable_replies(i)->Swap(&reply);
          ended();
        };
        if (what->nulls.contains(&command))
          fail(keep, proto::errc::bad_request);
        else
          execute(command, since, std::move(keep));
      },
      [response, done] { done(*response); });
}

} // namespace actors
