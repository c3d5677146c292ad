#include "net/ctl/admin_client.hpp"

#include "net/ctl/display.hpp"
#include "proto/admin.pb.h"
#include "proto/json_codec.hpp"

#include <simdjson.h>

#include <optional>
#include <utility>

namespace net {

namespace {

namespace json = simdjson::ondemand;

/// `{"result": {...}}` or `{"error": {...}}`, with the member still JSON.
struct envelope {
  std::string_view result;
  std::string_view error;
};

/// Nothing if `text` is not an envelope. What it points to lives as long as
/// `text`.
std::optional<envelope> open(const simdjson::padded_string& text) {
  // On-demand parsing checks only what it is asked for.
  if (!proto::is_json(text))
    return std::nullopt;
  json::parser parser;
  json::document document;
  json::object object;
  if (parser.iterate(text).get(document) || document.get_object().get(object))
    return std::nullopt;
  envelope found;
  for (auto field : object) {
    std::string_view key;
    json::value value;
    std::string_view raw;
    if (field.unescaped_key().get(key) || field.value().get(value)
        || simdjson::to_json_string(value).get(raw))
      return std::nullopt;
    // The text of a number, a word or null comes with the spaces behind it.
    raw = raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
    if (key == "result")
      found.result = raw;
    else if (key == "error" && raw != "null")
      found.error = raw;
  }
  if (found.result.empty() == found.error.empty())
    return std::nullopt;
  return found;
}

/// What the coordinator says as a sentence of ours.
std::string sentence_of(const roost::admin::Error& error) {
  auto message = visible(error.message());
  while (message.ends_with('.'))
    message.pop_back();
  return "The coordinator refuses: " + message + " (code "
         + std::to_string(error.code()) + ").";
}

/// JSON without the line breaks that a server may put between its parts.
std::string one_line(std::string_view raw) {
  std::string out(raw.size(), '\0');
  std::size_t size = 0;
  if (simdjson::minify(raw.data(), raw.size(), out.data(), size)
      != simdjson::SUCCESS)
    return std::string(raw);
  out.resize(size);
  return out;
}

} // namespace

admin_client::admin_client(options opts) : options_(std::move(opts)) {}

std::string admin_client::call(std::string_view method,
                               const google::protobuf::Message& request,
                               google::protobuf::Message& result) const {
  auto where = options_.coordinator.text();
  http_request post;
  post.to = options_.coordinator;
  post.ca_file = options_.ca_file;
  post.target = "/admin/" + std::string(method);
  post.key = options_.key;
  post.timeout = options_.timeout;
  if (!proto::append_json(request, post.body))
    throw ctl_error(ctl_usage, "The command is not UTF-8 and JSON.");
  http_answer answer;
  try {
    answer = http_post(post);
  } catch (const http_failed& error) {
    throw ctl_error(ctl_unreachable, "No coordinator can be reached at " + where
                                         + ": " + error.what() + '.');
  }
  if (answer.status == 401)
    throw ctl_error(ctl_refused,
                    options_.key.empty()
                        ? "The coordinator asks for an admin key; give --key, "
                          "--key-file or ROOST_CTL_KEY."
                        : "The coordinator does not accept the admin key.");
  simdjson::padded_string text{answer.body};
  auto parts = open(text);
  roost::admin::Error error;
  if (parts && parts->result.empty() && !proto::parse_json(parts->error, error))
    throw ctl_error(ctl_refused, sentence_of(error));
  if (answer.status != 200)
    throw ctl_error(ctl_unreachable,
                    "What answers at " + where
                        + " takes no admin commands (HTTP "
                        + std::to_string(answer.status)
                        + "); is it the internal address of a coordinator?");
  if (!parts || parts->result.empty())
    throw ctl_error(ctl_unreachable, "What answers at " + where
                                         + " is not a coordinator: its answer "
                                           "is neither a result nor an error.");
  if (auto wrong = proto::parse_json(parts->result, result))
    throw ctl_error(ctl_unreachable, "The answer from " + where
                                         + " can't be read: " + *wrong + '.');
  return one_line(parts->result);
}

} // namespace net
