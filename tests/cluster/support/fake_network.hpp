#pragma once

#include "actors/cluster/hand_over_socket.hpp"
#include "actors/cluster/peer_transport.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace test_support {

/// A network in one process and one thread: transports that find each other by
/// address, and sockets whose two ends see each other's actors through wires,
/// which can be cut or frozen.
///
/// Here everything arrives at once; who derives from it may let it take its
/// time (`carry`).
class fake_network : public std::enable_shared_from_this<fake_network> {
public:
  explicit fake_network(caf::actor_system& system) : system_(system) {}
  virtual ~fake_network() = default;

  /// A transport for the node `self`, reachable at `self.address` from its
  /// start to its stop.
  std::shared_ptr<actors::peer_transport>
  make_transport(actors::peer_identity self);

  /// What gives sockets of this network to actors.
  std::shared_ptr<actors::hand_over_socket> make_sockets();

  /// Both ends of a new connection.
  std::pair<actors::peer_connection, actors::peer_connection>
  connect(const actors::peer_identity& dialler,
          const actors::peer_identity& acceptor);

  /// Whether hosts say that nobody listens; else they are gone with their node.
  bool tells_closed_ports = false;

  /// From now on nothing reaches or leaves `node`, without a word.
  void freeze(const std::string& node) { frozen_.insert(node); }
  void thaw(const std::string& node) { frozen_.erase(node); }

  /// Nothing passes between these two, without a word.
  void split(const std::string& a, const std::string& b);
  void heal(const std::string& a, const std::string& b);

  /// Ends all connections between these two; both see it.
  void cut(const std::string& a, const std::string& b);

  /// Ends all connections of `node` as when its process ends: it does nothing
  /// more, and the others see it.
  void hang_up(const std::string& node);

  /// Connections made since the start.
  std::size_t connections() const { return connections_.size(); }

  /// Connections that are there now.
  std::size_t open_connections() const;

  /// How often an address was dialled.
  std::size_t dials(const std::string& address) const;

protected:
  /// One direction of a connection.
  struct way {
    std::size_t connection = 0; ///< Its number, from 0.
    std::string from;
    std::string to;
    std::uint64_t content = 0; ///< For a trace: what it is.
  };

  /// What is under way: all that `carry` gets must be done or dropped, for each
  /// connection and direction in order.
  enum class cargo {
    data,  ///< A message of a wire.
    sight, ///< The dialling end sees the actor of the other one.
    end,   ///< The other end has closed.
  };
  virtual void carry(const way& where, cargo what, std::function<void()> go);

  /// The connection has ended at both ends: what is under way is lost.
  virtual void dropped(std::size_t connection) { (void)connection; }

  /// Whether nothing gets from one to the other.
  virtual bool blocked(const std::string& from, const std::string& to) const;

private:
  struct connection;
  class transport;
  class sockets;
  class wire;
  class guard;

  static constexpr int first_fd = 1'000'000; ///< No real one.

  bool listens(const std::string& address) const {
    return listening_.contains(address);
  }
  void dial(const actors::peer_identity& from, const std::string& address,
            const std::function<void(std::string)>& failed);
  void close(connection& on, int side);
  connection& of(int fd);

  caf::actor_system& system_;
  std::map<std::string, transport*> listening_;
  std::map<std::string, std::size_t> dials_;
  std::vector<std::shared_ptr<connection>> connections_;
  std::set<std::string> frozen_;
  std::set<std::pair<std::string, std::string>> split_;
};

} // namespace test_support
