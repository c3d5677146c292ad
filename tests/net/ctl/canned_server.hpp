#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

namespace net {

/// What a client sent to a `canned_server`.
struct seen_request {
  std::string method;
  std::string target;
  std::string key;
  std::string body;
};

/// Gives the same answer to one HTTP request after the other, on loopback.
class canned_server {
public:
  canned_server();
  ~canned_server();

  /// "127.0.0.1:PORT"
  std::string address() const;

  /// Answers with this from now on.
  void answer(std::string body, unsigned status = 200);

  /// Sends these bytes whatever is asked, then closes.
  void answer_bytes(std::string bytes);

  /// Reads requests and says nothing.
  void be_silent();

  /// The last request.
  seen_request seen() const;

private:
  void serve();
  void serve_one(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  /// Guards what the test and the thread share.
  mutable std::mutex mutex_;
  std::string bytes_;
  bool silent_ = false;
  seen_request seen_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

} // namespace net
