#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace net {

/// A client session as the registry sees it.
class registered_session
    : public boost::intrusive::list_base_hook<
          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  /// Tells the client to go to another node (3001).
  virtual void shut_down() = 0;

  /// Cuts the connection at once.
  virtual void cut() = 0;

protected:
  ~registered_session() = default;
};

/// The client sessions of one lane, for a graceful stop. On that lane only.
class session_registry {
public:
  void add(registered_session& session) { sessions_.push_back(session); }

  std::size_t size() const { return sessions_.size(); }

  /// Tells every session to go, evenly over `spread`, those that come meanwhile
  /// included; calls `done` when none is left.
  void drain(boost::asio::io_context& io, std::chrono::milliseconds spread,
             std::function<void()> done);

  /// Cuts whatever is left.
  void cut_all();

private:
  struct pace;

  boost::intrusive::list<registered_session,
                         boost::intrusive::constant_time_size<false>>
      sessions_;
  std::shared_ptr<pace> pace_;
};

} // namespace net
