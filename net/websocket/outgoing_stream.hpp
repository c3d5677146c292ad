#pragma once

#include "net/asio.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/stream_traits.hpp>

#include <functional>
#include <string>
#include <utility>

namespace net {

/// The layer under Beast's WebSocket stream. Reads pass through; what Beast
/// writes (the answer to the upgrade, pongs, close frames) is taken at once
/// and handed to the session, whose queue keeps it in order with the frames
/// that we made ourselves.
template <class Stream>
class outgoing_stream {
public:
  using next_layer_type = Stream;
  using executor_type = typename Stream::executor_type;

  explicit outgoing_stream(Stream next) : next_(std::move(next)) {}

  /// Called with everything that Beast writes.
  void on_write(std::function<void(std::string)> sink) {
    sink_ = std::move(sink);
  }

  executor_type get_executor() noexcept { return next_.get_executor(); }
  next_layer_type& next_layer() noexcept { return next_; }
  const next_layer_type& next_layer() const noexcept { return next_; }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return next_.async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto done, const Buffers& bytes) {
          std::string copy{asio::buffers_begin(bytes),
                           asio::buffers_end(bytes)};
          const auto n = copy.size();
          sink_(std::move(copy));
          asio::post(next_.get_executor(),
                     [done = std::move(done), n]() mutable {
                       std::move(done)(error_code{}, n);
                     });
        },
        handler, buffers);
  }

  // Found by Beast through the arguments. The session shuts the socket down
  // itself, once its queue is written.
  template <class Handler>
  friend void async_teardown(beast::role_type, outgoing_stream& stream,
                             Handler&& handler) {
    asio::post(stream.next_.get_executor(),
               [done = std::forward<Handler>(handler)]() mutable {
                 std::move(done)(error_code{});
               });
  }

  friend void beast_close_socket(outgoing_stream& stream) {
    error_code ignored;
    beast::get_lowest_layer(stream.next_).close(ignored);
  }

private:
  Stream next_;
  std::function<void(std::string)> sink_;
};

} // namespace net
