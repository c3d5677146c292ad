#include "net/ctl/http_post.hpp"

#include "net/asio.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <optional>
#include <vector>

namespace net {

namespace {

using clock = std::chrono::steady_clock;

/// An answer lists every connection of a user or every room of the cluster.
constexpr std::uint64_t max_answer_bytes = 512u * 1024 * 1024;

[[noreturn]] void fail(const error_code& error) {
  throw http_failed(error.message());
}

/// Runs one asynchronous step after the other, all of them before a deadline;
/// Beast's synchronous calls know none.
class stepper {
public:
  explicit stepper(std::chrono::milliseconds timeout)
      : deadline_(clock::now() + timeout), timeout_(timeout) {}

  asio::io_context& context() { return context_; }

  /// Calls `start` with a handler to give to an asynchronous call, and waits
  /// for it. Whatever that call refers to must live as long as this object's
  /// owner lets it: after a timeout the call is still under way.
  template <class Start>
  error_code operator()(Start&& start) {
    result_.reset();
    start([this](error_code error, auto&&...) { result_ = error; });
    context_.restart();
    while (!result_ && context_.run_one_until(deadline_) > 0)
      ;
    if (!result_)
      throw http_failed("no answer within " + std::to_string(timeout_.count())
                        + " ms");
    return *result_;
  }

private:
  asio::io_context context_{1};
  std::optional<error_code> result_;
  clock::time_point deadline_;
  std::chrono::milliseconds timeout_;
};

http::request<http::string_body> message_of(const http_request& request) {
  http::request<http::string_body> message{http::verb::post, request.target,
                                           11};
  auto host = request.to;
  host.tls = false;
  message.set(http::field::host,
              host.path.empty() ? host.text() : std::string{"localhost"});
  message.set(http::field::content_type, "application/json");
  message.set(http::field::user_agent, "roost-ctl");
  if (!request.key.empty())
    message.set("X-API-Key", request.key);
  message.body() = request.body;
  message.prepare_payload();
  message.keep_alive(false);
  return message;
}

/// What the steps refer to; it goes before the context that they run on.
struct exchange_state {
  http::request<http::string_body> message;
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
};

template <class Stream>
http_answer exchange(stepper& step, Stream& stream, exchange_state& state) {
  // A server may refuse and close before it has read all of a large body, so
  // its answer counts for more than a failed write.
  auto written =
      step([&](auto done) { http::async_write(stream, state.message, done); });
  state.parser.body_limit(max_answer_bytes);
  auto read = step([&](auto done) {
    http::async_read(stream, state.buffer, state.parser, done);
  });
  if (read)
    fail(written ? written : read);
  auto& response = state.parser.get();
  return {response.result_int(), std::move(response.body())};
}

void configure(asio::ssl::context& tls, const std::string& ca_file) {
  error_code error;
  if (ca_file.empty())
    tls.set_default_verify_paths(error);
  else
    tls.load_verify_file(ca_file, error);
  if (error)
    throw http_failed("the file " + ca_file
                      + " holds no certificate that can be read");
  tls.set_verify_mode(asio::ssl::verify_peer);
}

std::vector<stream_protocol::endpoint>
find(stepper& step, tcp::resolver& resolver, const endpoint& to) {
  if (!to.path.empty())
    return {asio::local::stream_protocol::endpoint{to.path}};
  tcp::resolver::results_type found;
  auto error = step([&](auto done) {
    resolver.async_resolve(
        to.host, to.port,
        [&found, done](error_code ec, tcp::resolver::results_type results) {
          found = std::move(results);
          done(ec);
        });
  });
  if (error)
    throw http_failed("the name " + to.host + " is not known ("
                      + error.message() + ')');
  std::vector<stream_protocol::endpoint> out;
  for (const auto& x : found)
    out.emplace_back(x.endpoint());
  return out;
}

} // namespace

http_answer http_post(const http_request& request) {
  // In the order in which they refer to each other.
  exchange_state state{message_of(request), {}, {}};
  asio::ssl::context tls{asio::ssl::context::tls_client};
  stepper step{request.timeout};
  tcp::resolver resolver{step.context()};
  plain_socket socket{step.context()};
  const auto found = find(step, resolver, request.to);
  auto error =
      step([&](auto done) { asio::async_connect(socket, found, done); });
  if (error)
    fail(error);
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  if (!request.to.tls)
    return exchange(step, socket, state);
  configure(tls, request.ca_file);
  asio::ssl::stream<plain_socket&> secured{socket, tls};
  secured.set_verify_callback(
      asio::ssl::host_name_verification{request.to.host});
  SSL_set_tlsext_host_name(secured.native_handle(), request.to.host.c_str());
  error = step([&](auto done) {
    secured.async_handshake(asio::ssl::stream_base::client, done);
  });
  if (error)
    fail(error);
  return exchange(step, secured, state);
}

} // namespace net
