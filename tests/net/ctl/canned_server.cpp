#include "tests/net/ctl/canned_server.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

canned_server::canned_server()
    : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}) {
  answer(R"({"result":{}})");
  thread_ = std::thread([this] { serve(); });
}

canned_server::~canned_server() {
  stopping_ = true;
  // Wakes the thread from its accept.
  error_code ignored;
  tcp::socket{context_}.connect(acceptor_.local_endpoint(), ignored);
  thread_.join();
}

std::string canned_server::address() const {
  return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

void canned_server::answer(std::string body, unsigned status) {
  answer_bytes("HTTP/1.1 " + std::to_string(status)
               + " Canned\r\nContent-Type: application/json\r\n"
                 "Content-Length: "
               + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void canned_server::answer_bytes(std::string bytes) {
  std::scoped_lock lock{mutex_};
  bytes_ = std::move(bytes);
}

void canned_server::be_silent() {
  std::scoped_lock lock{mutex_};
  silent_ = true;
}

seen_request canned_server::seen() const {
  std::scoped_lock lock{mutex_};
  return seen_;
}

void canned_server::serve() {
  for (;;) {
    error_code error;
    auto socket = acceptor_.accept(error);
    if (error || stopping_)
      return;
    serve_one(std::move(socket));
  }
}

void canned_server::serve_one(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  error_code error;
  http::read(socket, buffer, request, error);
  if (error)
    return;
  std::unique_lock lock{mutex_};
  seen_ = {std::string(request.method_string()), std::string(request.target()),
           std::string(request["X-API-Key"]), request.body()};
  auto bytes = bytes_;
  auto silent = silent_;
  lock.unlock();
  if (!silent) {
    asio::write(socket, asio::buffer(bytes), error);
    socket.shutdown(tcp::socket::shutdown_send, error);
  }
  // Waits for the client to leave, so that no reset overtakes the answer.
  char rest = 0;
  asio::read(socket, asio::buffer(&rest, 1), error);
}

} // namespace net
