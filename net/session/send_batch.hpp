#pragma once

#include "actors/lane/lane.hpp"
#include "net/session/send_ring.hpp"

#include <boost/intrusive/list.hpp>

#include <memory>
#include <sys/uio.h>
#include <vector>

namespace net {

/// A socket that sends together with the others of its lane.
class batched_sender
    : public boost::intrusive::list_base_hook<
          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  /// Appends what is to be sent to `out`, which must stay valid until
  /// `on_sent`, and returns the socket; or returns -1: nothing is sent.
  virtual int gather(std::vector<iovec>& out) = 0;

  /// What came of it: bytes that were taken, or an errno below 0. The batch
  /// keeps the sender alive.
  virtual void on_sent(int result) = 0;

  virtual std::shared_ptr<void> hold() = 0;

protected:
  ~batched_sender() = default;
};

/// Sends, at the end of a turn, what the sockets of a lane have queued in it:
/// with io_uring in one system call for hundreds of them, else one by one.
class send_batch final : public actors::turn_end_task {
public:
  /// `use_ring`: try io_uring, and say in the log whether it is to be had.
  send_batch(actors::lane& where, bool use_ring)
      : lane_(where), try_ring_(use_ring) {}

  /// `x` is asked once at the end of this turn.
  void add(batched_sender& x);

  void at_turn_end() override;

private:
  struct participant {
    std::shared_ptr<void> hold;
    batched_sender* who;
    std::size_t first_buffer;
  };

  void collect();
  void send();
  void open_ring();

  actors::lane& lane_;
  bool try_ring_;
  std::unique_ptr<send_ring> ring_;

  boost::intrusive::list<batched_sender,
                         boost::intrusive::constant_time_size<false>>
      waiting_;
  // Kept from turn to turn, so that sending allocates nothing.
  std::vector<participant> participants_;
  std::vector<iovec> buffers_;
  std::vector<send_request> requests_;
};

} // namespace net
