#include "tests/cluster/support/fake_network.hpp"

#include "actors/cluster/link/link_messages.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace test_support {

using namespace actors;

/// Two ends: 0 dialled, 1 accepted.
struct fake_network::connection
    : std::enable_shared_from_this<fake_network::connection> {
  std::size_t number = 0;
  peer_identity ends[2];
  bool closed[2] = {false, false};
  caf::actor published; ///< By the accepting end.
  std::function<void(caf::actor)> dialler;
  std::vector<caf::actor> wires[2]; ///< Of those who use them.

  bool open() const { return !closed[0] && !closed[1]; }

  way from(int side, std::uint64_t content = 0) const {
    return {number, ends[side].node, ends[1 - side].node, content};
  }

  void close(int side) {
    closed[side] = true;
    if (side == 0)
      dialler = nullptr;
    for (auto& x : std::exchange(wires[side], {}))
      caf::anon_send_exit(x, caf::exit_reason::remote_link_unreachable);
  }
};

/// What one end, `side`, sees of an actor at the other.
class fake_network::wire final : public caf::event_based_actor {
public:
  wire(caf::actor_config& cfg, std::shared_ptr<fake_network> network,
       std::shared_ptr<connection> on, int side, caf::actor to)
      : caf::event_based_actor(cfg), network_(std::move(network)),
        on_(std::move(on)), side_(side), to_(std::move(to)) {}

  static caf::actor make(const std::shared_ptr<fake_network>& network,
                         const std::shared_ptr<connection>& on, int side,
                         const caf::actor& to) {
    auto result = network->system_.spawn<wire>(network, on, side, to);
    if (on->closed[side])
      caf::anon_send_exit(result, caf::exit_reason::remote_link_unreachable);
    else
      on->wires[side].push_back(result);
    return result;
  }

  caf::behavior make_behavior() override {
    return {
        [this](link_hello& x) { introduce(x); },
        [this](link_welcome& x) { introduce(x); },
        [this](const link_batch& x) { pass(x, x.bytes); },
        [this](const link_ack& x) { pass(x, "ack"); },
    };
  }

  void on_exit() override {
    to_ = nullptr;
    on_.reset();
    network_.reset();
  }

private:
  template <class T>
  void introduce(T& x) {
    x.batches = make(network_, on_, 1 - side_, x.batches);
    x.acks = make(network_, on_, 1 - side_, x.acks);
    pass(x, x.node);
  }

  template <class T>
  void pass(const T& x, std::string_view content) {
    if (on_->closed[side_])
      return;
    network_->carry(on_->from(side_, x.epoch ^ fnv(content)), cargo::data,
                    [on = on_, to = to_, other = 1 - side_, x] {
                      if (!on->closed[other])
                        caf::anon_send(to, x);
                    });
  }

  static std::uint64_t fnv(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text)
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
  }

  std::shared_ptr<fake_network> network_;
  std::shared_ptr<connection> on_;
  int side_;
  caf::actor to_;
};

class fake_network::guard final : public connection_guard {
public:
  guard(std::shared_ptr<fake_network> network, std::shared_ptr<connection> on,
        int side)
      : network_(std::move(network)), on_(std::move(on)), side_(side) {}

  void cut() override { network_->close(*on_, side_); }

private:
  std::shared_ptr<fake_network> network_;
  std::shared_ptr<connection> on_;
  int side_;
};

class fake_network::transport final : public peer_transport {
public:
  transport(std::shared_ptr<fake_network> network, peer_identity self)
      : network_(std::move(network)), self_(std::move(self)) {}

  ~transport() override { stop(); }

  void start(on_connected connected, on_failed failed) override {
    connected_ = std::move(connected);
    failed_ = std::move(failed);
    network_->listening_[self_.address] = this;
  }

  void dial(std::string address) override {
    network_->dial(self_, address, [this, address](std::string why) {
      failed_(address, std::move(why));
    });
  }

  void probe(std::string address,
             std::function<void(bool closed)> done) override {
    done(network_->tells_closed_ports && !network_->listens(address));
  }

  void stop() override {
    const auto i = network_->listening_.find(self_.address);
    if (i != network_->listening_.end() && i->second == this)
      network_->listening_.erase(i);
    connected_ = nullptr;
    failed_ = nullptr;
  }

  void connected(peer_connection x) {
    if (connected_)
      connected_(std::move(x));
  }

  const peer_identity& self() const { return self_; }

private:
  std::shared_ptr<fake_network> network_;
  peer_identity self_;
  on_connected connected_;
  on_failed failed_;
};

class fake_network::sockets final : public hand_over_socket {
public:
  explicit sockets(std::shared_ptr<fake_network> network)
      : network_(std::move(network)) {}

  void accept(int fd, const caf::actor& published) override {
    auto& on = network_->of(fd);
    if (on.closed[1])
      return;
    network_->carry(
        on.from(1), cargo::sight,
        [network = network_, on = on.shared_from_this(), published] {
          if (!on->open())
            return;
          on->published = wire::make(network, on, 0, published);
          if (auto dialler = std::exchange(on->dialler, nullptr))
            dialler(on->published);
        });
  }

  void dial(int fd, lane_actor& self, std::chrono::milliseconds,
            on_peer done) override {
    auto& on = network_->of(fd);
    if (on.published)
      return done(on.published);
    if (on.closed[0])
      return;
    caf::strong_actor_ptr hold{self.ctrl()};
    on.dialler = [hold, &self, done](caf::actor published) {
      self.in_handler([&] { done(std::move(published)); });
    };
  }

private:
  std::shared_ptr<fake_network> network_;
};

// -----------------------------------------------------------------------------

std::shared_ptr<peer_transport>
fake_network::make_transport(peer_identity self) {
  return std::make_shared<transport>(shared_from_this(), std::move(self));
}

std::shared_ptr<hand_over_socket> fake_network::make_sockets() {
  return std::make_shared<sockets>(shared_from_this());
}

fake_network::connection& fake_network::of(int fd) {
  return *connections_.at(static_cast<std::size_t>(fd - first_fd) / 2);
}

std::pair<peer_connection, peer_connection>
fake_network::connect(const peer_identity& dialler,
                      const peer_identity& acceptor) {
  const auto fd = first_fd + 2 * static_cast<int>(connections_.size());
  auto made = std::make_shared<connection>();
  made->ends[0] = dialler;
  made->ends[1] = acceptor;
  made->number = connections_.size();
  connections_.push_back(made);
  const auto self = shared_from_this();
  return {{acceptor, true, fd, std::make_shared<guard>(self, made, 0)},
          {dialler, false, fd + 1, std::make_shared<guard>(self, made, 1)}};
}

void fake_network::dial(const peer_identity& from, const std::string& address,
                        const std::function<void(std::string)>& failed) {
  ++dials_[address];
  const auto i = listening_.find(address);
  if (i == listening_.end())
    return failed("connection refused");
  auto& there = *i->second;
  if (blocked(from.node, there.self().node)
      || blocked(there.self().node, from.node))
    return failed("timed out");
  auto [ours, theirs] = connect(from, there.self());
  const auto here = listening_.find(from.address);
  there.connected(std::move(theirs));
  here->second->connected(std::move(ours));
}

void fake_network::carry(const way& where, cargo what,
                         std::function<void()> go) {
  // Nobody waits for a network without time to say that it is cut off.
  if (what != cargo::data || !blocked(where.from, where.to))
    go();
}

bool fake_network::blocked(const std::string& from,
                           const std::string& to) const {
  return frozen_.contains(from) || frozen_.contains(to)
         || split_.contains(std::minmax(from, to));
}

void fake_network::close(connection& on, int side) {
  if (on.closed[side])
    return;
  on.close(side);
  carry(on.from(side), cargo::end,
        [self = shared_from_this(), hold = on.shared_from_this(), side] {
          hold->close(1 - side);
          self->dropped(hold->number);
        });
}

void fake_network::hang_up(const std::string& node) {
  for (auto& x : connections_)
    for (const int side : {0, 1})
      if (x->ends[side].node == node)
        close(*x, side);
}

void fake_network::split(const std::string& a, const std::string& b) {
  split_.insert(std::minmax(a, b));
}

void fake_network::heal(const std::string& a, const std::string& b) {
  split_.erase(std::minmax(a, b));
}

void fake_network::cut(const std::string& a, const std::string& b) {
  for (auto& x : connections_)
    if (std::minmax(x->ends[0].node, x->ends[1].node) == std::minmax(a, b)) {
      x->close(0);
      x->close(1);
      dropped(x->number);
    }
}

std::size_t fake_network::open_connections() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& x) { return x->open() && x->published; }));
}

std::size_t fake_network::dials(const std::string& address) const {
  const auto i = dials_.find(address);
  return i == dials_.end() ? 0 : i->second;
}

} // namespace test_support
