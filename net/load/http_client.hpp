#pragma once

#include "net/load/loop.hpp"
#include "net/load/target.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace net::load {

/// The start of an HTTP answer, and where it ends.
struct http_answer {
  enum class status : std::uint8_t { complete, incomplete, malformed };

  status what = status::incomplete;
  int code = 0;
  std::string_view body;
  std::size_t size = 0; ///< With head and body.
};

/// Reads an answer that says its length, as servers of an API do.
http_answer read_http_answer(std::string_view bytes);

/// One keep-alive connection with one request at a time under way.
class http_client final : public watched {
public:
  /// Called with each answer.
  using answered = std::function<void(http_client&, const http_answer&)>;

  http_client(loop& events, const target& where, answered tell);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Connects; throws load_error when that can't even start.
  void start(std::size_t number);

  /// Sends a whole request, which must be the only one.
  void send(std::string_view request);

  /// Why the connection ended; empty while it has not.
  const std::string& failure() const { return failure_; }

  /// When the request under way was sent.
  std::uint64_t sent_at = 0;

private:
  void on_events(std::uint32_t events) override;
  void flush();
  void read();
  void fail(std::string why);

  loop& events_;
  const target& where_;
  answered tell_;
  int fd_ = -1;
  bool connected_ = false;
  std::string out_;
  std::string in_;
  std::string failure_;
};

} // namespace net::load
