#pragma once

#include "actors/client/connection/client_link.hpp"
#include "cluster-config/transport.hpp"
#include "net/admission/admission.hpp"
#include "net/asio.hpp"
#include "net/gateway.hpp"
#include "net/session/out_queue.hpp"
#include "net/session/send_batch.hpp"
#include "net/session/session_owner.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace net {

/// A client that holds a socket: frames out queue here and leave together at
/// the end of the turn, and what comes in goes to the transport, which derives
/// from this. What differs between plain sockets and TLS is in on_plain.hpp and
/// on_tls.hpp, which derive from the transport.
///
/// session.cpp has its life, reading.cpp and writing.cpp the two ways,
/// closing.cpp its end.
///
/// One read and at most one write are under way. The session and its owner hold
/// each other; `finish` breaks the cycle, and is reached on every path out.
class session : public actors::client_link,
                public batched_sender,
                public registered_session,
                public std::enable_shared_from_this<session> {
public:
  session(const config::node_config& config, lane_gateway& where);
  ~session() override;

  /// How a session starts.
  struct opening {
    std::unique_ptr<session_owner> owner;
    std::string answer; ///< To the request that it comes of.
    config::transport transport = config::transport::websocket;
    socket_place place = {}; ///< Held as long as the socket.
  };

  /// Answers, then serves the owner. `early` came behind the request and is
  /// changed.
  void run(opening with, std::span<char> early);

  // -- actors::client_link ----------------------------------------------------

  void send(const proto::frame_ptr& frame) override;
  std::size_t queued_bytes() const override;
  void tell_when_below(std::size_t bytes) override;
  actors::client_flow flow() override;
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
  // -- what differs between transports ----------------------------------------

  /// Takes what the client sent, and may change it; with nothing, goes on with
  /// what waits since a pause.
  virtual void take(std::span<char> bytes) = 0;

  /// Queues what tells the client that this is the end. Returns whether it
  /// answers, in which case the transport calls `end` for that answer.
  virtual bool say_end(std::uint32_t code, std::string_view reason) = 0;

  /// It has ended: lets go of whatever holds it.
  virtual void on_finish() {}

  // -- what differs between sockets -------------------------------------------

  virtual plain_socket& socket() = 0;

  /// Calls `on_input` or `on_input_end` once there is something.
  virtual void await_input() = 0;

  /// Takes from the queue what can be sent now: appends it to `out` and returns
  /// the socket, or writes it on its own and returns -1.
  virtual int start_write(std::vector<iovec>& out) = 0;

  /// Tells the client that nothing follows, and goes on reading.
  virtual void half_close() = 0;

  // -- for transports ---------------------------------------------------------

  enum class phase : std::uint8_t {
    open,
    refused,   ///< The client broke a rule; the owner has yet to end it.
    closing,   ///< The end is said, and the client's answer awaited.
    ending,    ///< Nothing is awaited; what is queued goes out.
    lingering, ///< It went out. What still comes is dropped until the client
               ///< closes, since closing first could lose what we said.
    finished,
  };

  phase at() const noexcept { return phase_; }
  const config::node_config& config() const noexcept { return config_; }
  lane_gateway& where() const noexcept { return where_; }
  actors::lane_metrics& metrics() const { return where_.lane->metrics(); }
  /// What is counted of its transport; once it runs.
  actors::transport_metrics& transport_counts() const {
    return metrics().transports[static_cast<std::size_t>(transport_)];
  }
  session_owner& owner() const noexcept { return *owner_; }

  bool reads() const noexcept;
  bool paused() const noexcept { return paused_; }
  void enqueue(std::string bytes);
  /// `push` adds to the queue.
  template <class F>
  void grow_queue(F push) {
    const auto before = queue_.bytes();
    push();
    count_growth(before);
  }
  void write_now();
  /// What was read holds `n` bytes more than it has: they count for what the
  /// client may say in a turn. False: the rest waits for a `take` in the next.
  bool use_share(std::size_t n);
  /// `n` bytes of the client count for nothing; too many of them end it.
  void drop(std::size_t n);
  /// The client broke a rule: nothing that it sends after this counts.
  void refuse(std::uint32_t code, std::string_view why);
  /// Lets what is queued go out first.
  void end(std::string_view why);

  // -- for sockets ------------------------------------------------------------

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
  // -- reading ----------------------------------------------------------------

  bool drops_input() const noexcept;
  void wait_readable();
  void receive();
  void receive_nothing();
  void read_on(std::size_t n);
  void take_rest();
  void on_turn_end();
  void take_or_drop(std::span<char> bytes);

  // -- writing ----------------------------------------------------------------

  void count_growth(std::size_t before);
  void wait_writable();
  std::size_t unacknowledged();

  // -- the end ----------------------------------------------------------------

  void drop_unstarted();
  void expect_end_of_queue();
  void expect_end(std::chrono::milliseconds within);
  void on_all_written();
  void leave(std::string_view why);
  void finish(std::string_view why);

  const config::node_config& config_;
  lane_gateway& where_;
  std::unique_ptr<session_owner> owner_;
  socket_place place_;

  std::unique_ptr<asio::steady_timer> grace_;
  std::unique_ptr<asio::steady_timer> stall_;

  std::uint64_t written_ = 0; ///< Bytes since the start.
  std::size_t dropped_ = 0;
  std::size_t low_mark_ = 0;     ///< The owner hears when less is queued.
  std::size_t read_in_turn_ = 0; ///< Or since the last turn that had to end.
  phase phase_ = phase::open;
  config::transport transport_ = config::transport::websocket;
  bool counted_ = false;
  bool reading_ = false;
  bool paused_ = false;
  bool input_ended_ = false;
  bool leaves_rest_ = false; ///< The share of the turn was used up by `take`.
};

} // namespace net
