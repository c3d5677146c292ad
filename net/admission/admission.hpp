#pragma once

#include "cluster-config/trusted_proxies.hpp"
#include "net/admission/address_rates.hpp"
#include "net/admission/peer_address.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace net {

class admission;

/// The right to one socket, given back when it ends. Whoever holds the socket
/// holds this, too.
class socket_place {
public:
  socket_place() = default;
  /// Without an address it counts for none.
  socket_place(std::shared_ptr<admission> owner,
               std::optional<std::uint64_t> address)
      : owner_(std::move(owner)), address_(address) {}
  socket_place(socket_place&& other) noexcept
      : owner_(std::move(other.owner_)), address_(other.address_) {}
  socket_place& operator=(socket_place&& other) noexcept;
  ~socket_place() { give_back(); }

  /// Now rather than when it ends. Empty from here on.
  void give_back() noexcept;

  explicit operator bool() const noexcept { return owner_ != nullptr; }

  /// Whom it is from; null for one that is empty.
  const std::shared_ptr<admission>& owner() const { return owner_; }

private:
  friend class admission;

  std::shared_ptr<admission> owner_;
  std::optional<std::uint64_t> address_;
};

/// Says which sockets of one listener may stay, from accept on. Idle
/// connections lend their places, and the one that has been idle longest gives
/// its place to a newcomer. Safe from any thread.
class admission : public std::enable_shared_from_this<admission> {
public:
  using time_point = address_rates::time_point;

  /// 0: no limit.
  struct limits {
    std::size_t sockets = 0;
    std::size_t sockets_per_address = 0;
    double rate_per_address = 0;
    /// Proxies: their sockets count for no address until `settle` says whose
    /// they are.
    config::trusted_proxies proxies = {};
  };

  enum class refusal { none, full, address_full, address_rate };

  struct verdict {
    socket_place place; ///< Empty where it is refused.
    refusal why = refusal::none;
    bool displaced = false; ///< An idle connection was closed for it.
  };

  explicit admission(limits bounds)
      : limits_(std::move(bounds)), rates_(limits_.rate_per_address) {}

  /// A place for a socket from this address, or why there is none.
  verdict admit(const peer_address& from, time_point now);

  /// The socket of a proxy serves a client at this address from now on. Where
  /// it may not, the place is as before.
  refusal settle(socket_place& place, const peer_address& client,
                 time_point now);

  /// Lends the place of an idle connection. When a newcomer needs it, `close`
  /// is called, once, on any thread, and must not wait.
  std::uint64_t lend(socket_place place, std::function<void()> close);

  /// Takes the place back, once. Empty: it is gone, and the socket must go,
  /// too.
  socket_place take_back(std::uint64_t ticket);

  std::size_t sockets() const;

private:
  friend class socket_place;

  struct idle_socket {
    socket_place place;
    std::function<void()> close;
  };

  bool in_rate(std::uint64_t address, time_point now);
  refusal count(std::optional<std::uint64_t> address);
  bool is_full(std::uint64_t address) const;
  void count_address(std::uint64_t address);
  void release(std::optional<std::uint64_t> address);
  void release_address(std::uint64_t address);
  bool displace();

  const limits limits_;
  mutable std::mutex mutex_;
  address_rates rates_;
  std::size_t sockets_ = 0;
  /// Kept when there is a limit for each address; as many as there are sockets.
  std::unordered_map<std::uint64_t, std::size_t> by_address_;
  std::uint64_t last_ticket_ = 0;
  std::map<std::uint64_t, idle_socket> idle_; // by age
};

} // namespace net
