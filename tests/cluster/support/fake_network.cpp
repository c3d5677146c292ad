#include "tests/cluster/support/fake_network.hpp"

#include "actors/messages.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace test_support {

using namespace actors;

/// Two ends: 0 dialled, 1 accepted.
struct fake_network::connection
    : std::enable_shared_from_this<fake_network::connection> {
  peer_identity ends[2];
  bool cut = false;
  caf::actor published; ///< By the accepting end.
  std::function<void(caf::actor)> dialler;
  std::vector<caf::actor> wires;

  void end() {
    cut = true;
    for (auto& x : std::exchange(wires, {}))
      caf::anon_send_exit(x, caf::exit_reason::remote_link_unreachable);
  }
};

/// What one end sees of an actor at the other.
class fake_network::wire final : public caf::event_based_actor {
public:
  wire(caf::actor_config& cfg, std::shared_ptr<fake_network> network,
       std::shared_ptr<connection> on, caf::actor to)
      : caf::event_based_actor(cfg), network_(std::move(network)),
        on_(std::move(on)), to_(std::move(to)) {}

  static caf::actor make(const std::shared_ptr<fake_network>& network,
                         const std::shared_ptr<connection>& on,
                         const caf::actor& to) {
    auto result = network->system_.spawn<wire>(network, on, to);
    on->wires.push_back(result);
    return result;
  }

  caf::behavior make_behavior() override {
    return {
        [this](link_hello& x) { introduce(x); },
        [this](link_welcome& x) { introduce(x); },
        [this](const link_batch& x) { pass(x); },
        [this](const link_ack& x) { pass(x); },
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
    x.batches = make(network_, on_, x.batches);
    x.acks = make(network_, on_, x.acks);
    pass(x);
  }

  template <class T>
  void pass(const T& x) {
    if (!on_->cut && !network_->blocked(on_->ends[0].node, on_->ends[1].node))
      caf::anon_send(to_, x);
  }

  std::shared_ptr<fake_network> network_;
  std::shared_ptr<connection> on_;
  caf::actor to_;
};

class fake_network::guard final : public connection_guard {
public:
  explicit guard(std::shared_ptr<connection> on) : on_(std::move(on)) {}
  void cut() override { on_->end(); }

private:
  std::shared_ptr<connection> on_;
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
    on.published = wire::make(network_, on.shared_from_this(), published);
    if (auto dialler = std::exchange(on.dialler, nullptr))
      dialler(on.published);
  }

  void dial(int fd, lane_actor& self, std::chrono::milliseconds,
            on_peer done) override {
    auto& on = network_->of(fd);
    if (on.published)
      return done(on.published);
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
  connections_.push_back(made);
  return {{acceptor, true, fd, std::make_shared<guard>(made)},
          {dialler, false, fd + 1, std::make_shared<guard>(made)}};
}

void fake_network::dial(const peer_identity& from, const std::string& address,
                        const std::function<void(std::string)>& failed) {
  ++dials_[address];
  const auto i = listening_.find(address);
  if (i == listening_.end())
    return failed("connection refused");
  auto& there = *i->second;
  if (blocked(from.node, there.self().node))
    return failed("timed out");
  auto [ours, theirs] = connect(from, there.self());
  const auto here = listening_.find(from.address);
  there.connected(std::move(theirs));
  here->second->connected(std::move(ours));
}

bool fake_network::blocked(const std::string& a, const std::string& b) const {
  return frozen_.contains(a) || frozen_.contains(b)
         || split_.contains(std::minmax(a, b));
}

void fake_network::split(const std::string& a, const std::string& b) {
  split_.insert(std::minmax(a, b));
}

void fake_network::heal(const std::string& a, const std::string& b) {
  split_.erase(std::minmax(a, b));
}

void fake_network::cut(const std::string& a, const std::string& b) {
  for (auto& x : connections_)
    if (std::minmax(x->ends[0].node, x->ends[1].node) == std::minmax(a, b))
      x->end();
}

std::size_t fake_network::open_connections() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& x) { return !x->cut && x->published; }));
}

std::size_t fake_network::dials(const std::string& address) const {
  const auto i = dials_.find(address);
  return i == dials_.end() ? 0 : i->second;
}

} // namespace test_support
