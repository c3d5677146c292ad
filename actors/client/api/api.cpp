#include "actors/client/api/api.hpp"

#include "actors/client/api/api_error.hpp"
#include "actors/client/api/impl.hpp"
#include "actors/client/run_all.hpp"
#include "proto/json_codec.hpp"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

namespace actors {

// -- the actor ----------------------------------------------------------------

api::api(caf::actor_config& cfg, const client_services& services)
    : lane_actor(cfg), impl_(std::make_unique<impl>(*this, services)) {}

api::~api() = default;

caf::behavior api::make_behavior() {
  // Everything comes by plain calls and as answers to requests.
  return {[](caf::tick_atom) {
  }};
}

void api::on_exit() {
  impl_.reset();
}

void api::call(std::string_view method, std::string_view body,
               bool transport_errors, on_done done) {
  if (!start_now())
    return done({503, "the node is stopping"});
  in_handler(
      [&] { impl_->call(method, body, transport_errors, std::move(done)); });
}

void api::call_legacy(std::string_view body, on_done done) {
  if (!start_now())
    return done({503, "the node is stopping"});
  in_handler([&] { impl_->call_legacy(body, std::move(done)); });
}

void api::admin(std::string_view method, std::string_view body, on_done done) {
  if (!start_now())
    return done({503, "the node is stopping"});
  in_handler([&] { impl_->admin(method, body, std::move(done)); });
}

bool api::start_now() {
  // The first request may come before the lane has started the actor.
  if (!getf(is_initialized_flag))
    activate(&home_lane());
  return impl_ != nullptr;
}

// -- HTTP bodies --------------------------------------------------------------

namespace {

api_response error_response(std::uint32_t code, std::string_view message,
                            bool transport_errors) {
  auto error = api_error_json(code, message);
  if (transport_errors)
    return {api_status(code), std::move(error)};
  return {200, "{\"error\":" + error + '}'};
}

api_response error_response(proto::errc code, bool transport_errors) {
  return error_response(static_cast<std::uint32_t>(code), {}, transport_errors);
}

/// The body for a reply that answers `method`.
api_response to_response(const roost::api::Reply& reply,
                         const std::string& method, bool transport_errors) {
  if (reply.has_error())
    return error_response(reply.error().code(), reply.error().message(),
                          transport_errors);
  const auto* field = roost::api::Reply::descriptor()->FindFieldByName(method);
  const auto& result = reply.GetReflection()->GetMessage(reply, field);
  std::string body = "{\"result\":";
  if (!proto::append_json(result, body)) // binary data of some client
    return error_response(proto::errc::internal, transport_errors);
  body += '}';
  return {200, std::move(body)};
}

/// The field of roost.api.Command that is named like `method`; null for none.
const google::protobuf::FieldDescriptor* field_of(const std::string& method) {
  return roost::api::Command::descriptor()->FindFieldByName(method);
}

/// One lane's part of a limit for the node.
std::uint32_t share(std::uint32_t limit, std::uint32_t lanes) {
  if (lanes == 0)
    lanes = std::max(1U, std::thread::hardware_concurrency());
  return std::max(1U, limit / lanes);
}

} // namespace

api::impl::impl(api& self, const client_services& services)
    : services_(services), methods_(self, services),
      admin_(self, services, methods_),
      limit_(share(services.config->limits.api_requests,
                   services.config->node.lanes)) {}

api_ticket_ptr api::impl::take_ticket(on_done done, bool transport_errors) {
  if (*under_way_ >= limit_) {
    done(error_response(proto::errc::too_many_requests, transport_errors));
    return nullptr;
  }
  return std::make_shared<api_ticket>(under_way_, std::move(done));
}

void api::impl::call(std::string_view method, std::string_view body,
                     bool transport_errors, on_done done) {
  const auto ticket = take_ticket(std::move(done), transport_errors);
  if (!ticket)
    return;
  if (method == "batch")
    return batch(body, ticket);
  run(method, body, methods_.now(), transport_errors,
      [ticket](api_response response) { ticket->answer(std::move(response)); });
}

void api::impl::run(std::string_view method, std::string_view body,
                    api_methods::time_point since, bool transport_errors,
                    on_done done) {
  const std::string name{method};
  const auto* field = field_of(name);
  if (field == nullptr)
    return done({404, "there is no method " + name});
  roost::api::Command command;
  auto& request = *command.GetReflection()->MutableMessage(&command, field);
  if (auto error = proto::parse_json(body, request))
    return done({400, std::move(*error)});
  methods_.execute(command, since,
                   [name, transport_errors, done](roost::api::Reply& reply) {
                     done(to_response(reply, name, transport_errors));
                   });
}

void api::impl::batch(std::string_view body, const api_ticket_ptr& ticket) {
  auto batch = std::make_shared<api_methods::batch>();
  if (auto error = proto::parse_json(body, batch->request, &batch->nulls))
    return ticket->answer({400, std::move(*error)});
  const auto most = services_.config->limits.api_batch_commands;
  const auto count = static_cast<std::size_t>(batch->request.commands_size());
  if (count > most)
    return ticket->answer({400, "a batch of " + std::to_string(count)
                                    + " commands is over the limit of "
                                    + std::to_string(most)});
  methods_.execute_all(batch, [ticket](roost::api::BatchResponse& response) {
    // One reply that can't be said in JSON must not take the others along.
    for (auto& reply : *response.mutable_replies()) {
      std::string text;
      if (!proto::append_json(reply, text)) {
        reply.Clear();
        fail([&reply](roost::api::Reply& error) { reply.Swap(&error); },
             proto::errc::internal);
      }
    }
    std::string text;
    proto::append_json(response, text);
    ticket->answer({200, std::move(text)});
  });
}

// -- the legacy format --------------------------------------------------------

struct api::impl::legacy_call {
  std::vector<roost::api::RPCRequest> lines; // method and params
  std::string body;
};

void api::impl::call_legacy(std::string_view body, on_done done) {
  const auto ticket = take_ticket(std::move(done), false);
  if (!ticket)
    return;
  auto call = std::make_shared<legacy_call>();
  const auto most = services_.config->limits.api_batch_commands;
  while (!body.empty()) {
    const auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (line.empty())
      continue;
    if (auto error = proto::parse_json(line, call->lines.emplace_back()))
      return ticket->answer({400, std::move(*error)});
    if (call->lines.size() > most)
      return ticket->answer({400, "a request holds at most "
                                      + std::to_string(most) + " commands"});
  }
  if (call->lines.empty())
    return ticket->answer({400, "the request holds no command"});
  run_all(
      call->lines.size(), 1,
      [this, call, ticket,
       since = methods_.now()](std::size_t i, std::function<void()> ended) {
        const auto& line = call->lines[i];
        run(line.method(), line.params().empty() ? "{}" : line.params(), since,
            false, [call, ticket, ended](api_response response) {
              if (response.status == 404)
                response = error_response(proto::errc::method_not_found, false);
              if (response.status != 200)
                response = error_response(proto::errc::bad_request, false);
              // Between the lines alone: libraries parse what follows the last.
              if (!call->body.empty())
                call->body += '\n';
              call->body += response.body;
              ended();
            });
      },
      [call, ticket] {
        ticket->answer({200, std::move(call->body)});
      });
}

// -- admin --------------------------------------------------------------------

void api::impl::admin(std::string_view method, std::string_view body,
                      on_done done) {
  if (const auto ticket = take_ticket(std::move(done), false))
    admin_.call(method, body, [ticket](api_response response) {
      ticket->answer(std::move(response));
    });
}

} // namespace actors
