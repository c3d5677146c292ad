#include "tests/net/ctl/canned_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

namespace net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

struct canned_server::state {
  void serve();
  void serve_one(tcp::socket socket);

  asio::io_context context;
  tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  /// Guards what the test and the thread share.
  std::mutex mutex;
  std::string bytes;
  bool silent = false;
  seen_request seen;
  std::atomic<bool> stopping = false;
  std::thread thread;
};

canned_server::canned_server() : state_(std::make_unique<state>()) {
  answer(R"({"result":{}})");
  state_->thread = std::thread([this] { state_->serve(); });
}

canned_server::~canned_server() {
  state_->stopping = true;
  // Wakes the thread from its accept.
  error_code ignored;
  tcp::socket{state_->context}.connect(state_->acceptor.local_endpoint(),
                                       ignored);
  state_->thread.join();
}

std::string canned_server::address() const {
  return "127.0.0.1:"
         + std::to_string(state_->acceptor.local_endpoint().port());
}

void canned_server::answer(std::string body, unsigned status) {
  answer_bytes("HTTP/1.1 " + std::to_string(status)
               + " Canned\r\nContent-Type: application/json\r\n"
                 "Content-Length: "
               + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void canned_server::answer_bytes(std::string bytes) {
  std::scoped_lock lock{state_->mutex};
  state_->bytes = std::move(bytes);
}

void canned_server::be_silent() {
  std::scoped_lock lock{state_->mutex};
  state_->silent = true;
}

seen_request canned_server::seen() const {
  std::scoped_lock lock{state_->mutex};
  return state_->seen;
}

void canned_server::state::serve() {
  for (;;) {
    error_code error;
    auto socket = acceptor.accept(error);
    if (error || stopping)
      return;
    serve_one(std::move(socket));
  }
}

void canned_server::state::serve_one(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  error_code error;
  http::read(socket, buffer, request, error);
  if (error)
    return;
  std::unique_lock lock{mutex};
  seen = {std::string(request.method_string()), std::string(request.target()),
          std::string(request["X-API-Key"]), request.body()};
  auto answer = bytes;
  auto answers = !silent;
  lock.unlock();
  if (answers) {
    asio::write(socket, asio::buffer(answer), error);
    socket.shutdown(tcp::socket::shutdown_send, error);
  }
  // Waits for the client to leave, so that no reset overtakes the answer.
  char rest = 0;
  asio::read(socket, asio::buffer(&rest, 1), error);
}

} // namespace net
