#pragma once

#include "actors/client/connection/client_link.hpp"
#include "actors/client/connection/ping_rhythm.hpp"
#include "actors/client/connection/pong_patience.hpp"
#include "net/admission/admission.hpp"
#include "net/asio.hpp"
#include "net/gateway.hpp"
#include "net/session/out_queue.hpp"
#include "net/session/send_batch.hpp"
#include "net/session/session_owner.hpp"
#include "net/websocket/frame_reader.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace net {

/// One WebSocket whose upgrade was asked for: bytes in become messages for its
/// owner, frames out queue here and leave together at the end of the turn. What
/// differs between plain sockets and TLS is in plain_session and tls_session.
///
/// session.cpp has its life, reading.cpp and writing.cpp the two ways,
/// pings.cpp its ping frames, closing.cpp its end.
///
/// One read and at most one write are under way. The session and its owner hold
/// each other; `finish` breaks the cycle, and is reached on every path out.
class session : public actors::client_link,
                public batched_sender,
                public registered_session,
                private frame_sink,
                public std::enable_shared_from_this<session> {
public:
  session(const config::node_config& config, lane_gateway& where);
  ~session() override;

  /// How a session starts.
  struct opening {
    std::unique_ptr<session_owner> owner;
    std::string answer;      ///< To the upgrade request.
    bool pings = false;      ///< Ping frames as `[client]` says.
    socket_place place = {}; ///< Held as long as the socket.
  };

  /// Answers, then serves the owner. `early` came behind the upgrade request
  /// and is changed.
  void run(opening with, std::span<char> early);

  // -- actors::client_link ----------------------------------------------------

  void send(const proto::frame_ptr& frame) override;
  std::size_t queued_bytes() const override;
  void tell_when_below(std::size_t bytes) override;
  actors::client_flow flow() override;
  void admit() override;
  void close(std::uint32_t code, std::string_view reason, bool flush) override;
  void pause_reading() override;
  void resume_reading() override;

  // -- registered_session -----------------------------------------------------

  void shut_down() override;
  void cut() override;

  // -- batched_sender ---------------------------------------------------------

  std::shared_ptr<void> hold() override;
  int gather(std::vector<iovec>& out) override;
  void on_sent(int result) override;

protected:
  // -- what differs between sockets -------------------------------------------

  virtual plain_socket& socket() = 0;

  /// Calls `on_input` or `on_input_end` once there is something.
  virtual void await_input() = 0;

  /// Takes from the queue what can be sent now: appends it to `out` and returns
  /// the socket, or writes it on its own and returns -1.
  virtual int start_write(std::vector<iovec>& out) = 0;

  /// Tells the client that nothing follows, and goes on reading.
  virtual void half_close() = 0;

  // -- for those --------------------------------------------------------------

  /// Awaits input of the socket itself.
  void await_bytes();
  void on_input(std::span<char> bytes);
  void on_input_end(std::string_view why);
  /// `n` bytes were taken by the kernel.
  void written(std::size_t n);
  void write_failed(std::string_view why);
  void arm_stall();
  void shut_down_sending();
  bool finished() const noexcept { return phase_ == phase::finished; }

  out_queue queue_;
  std::size_t in_flight_ = 0; ///< Bytes that are being written, not in queue_.
  bool writing_ = false;

private:
  enum class phase : std::uint8_t {
    open,
    refused,   ///< The client broke a rule; the owner has yet to end it.
    closing,   ///< Our close frame is queued, the client's awaited.
    ending,    ///< Nothing is awaited; what is queued goes out.
    lingering, ///< It went out. What still comes is dropped until the client
               ///< closes, since closing first could lose what we said.
    finished,
  };

  struct pinger {
    explicit pinger(asio::io_context& io) : timer(io) {}

    asio::steady_timer timer;
    actors::ping_rhythm rhythm;
    actors::pong_patience patience;
  };

  actors::lane_metrics& metrics() const { return where_.lane->metrics(); }

  // -- frame_sink -------------------------------------------------------------

  bool on_message(std::string_view bytes, message_kind kind) override;
  void on_ping(std::string_view payload) override;
  void on_pong() override;
  void on_close(std::uint16_t code, std::string_view reason) override;

  // -- reading ----------------------------------------------------------------

  bool reads() const noexcept;
  bool drops_input() const noexcept;
  void wait_readable();
  void receive();
  void receive_nothing();
  void read_on(std::size_t n);
  void on_turn_end();
  void take(std::span<char> bytes);
  void drop(std::size_t n);

  // -- writing ----------------------------------------------------------------

  void enqueue(std::string bytes);
  template <class F>
  void grow_queue(F push);
  void write_now();
  void wait_writable();
  std::size_t unacknowledged();

  // -- the end ----------------------------------------------------------------

  void refuse(const frame_reader::failure& wrong);
  void end(std::string_view why);
  void drop_unstarted();
  void expect_end_of_queue();
  void expect_end(std::chrono::milliseconds within);
  void on_all_written();
  void leave(std::string_view why);
  void finish(std::string_view why);

  // -- pings ------------------------------------------------------------------

  void start_pings();
  void wait_for_ping_time(std::chrono::milliseconds delay);
  void on_ping_time();

  const config::node_config& config_;
  lane_gateway& where_;
  frame_reader frames_;
  std::unique_ptr<session_owner> owner_;
  socket_place place_;

  std::unique_ptr<asio::steady_timer> grace_;
  std::unique_ptr<asio::steady_timer> stall_;
  std::unique_ptr<pinger> pings_;

  std::uint64_t written_ = 0; ///< Bytes since the start.
  std::size_t dropped_ = 0;
  std::size_t low_mark_ = 0;     ///< The owner hears when less is queued.
  std::size_t read_in_turn_ = 0; ///< Or since the last turn that had to end.
  phase phase_ = phase::open;
  bool reading_ = false;
  bool paused_ = false;
  bool admitted_ = false; ///< The client has proved who it is.
  bool input_ended_ = false;
};

} // namespace net
