// The part of membership that makes connections and keeps the links.
#include "actors/cluster/link/refuser.hpp"
#include "actors/cluster/membership/membership.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace actors {

using namespace std::chrono_literals;

namespace {

// A process that ends closes its connections a little before its port.
constexpr auto probe_interval = 20ms;

} // namespace

membership::peer& membership::peer_named(const std::string& node) {
  auto& x = peers_[node];
  if (!x.link) {
    const auto number = std::hash<std::string>{}(node) % settings_.lanes.size();
    x.link = spawn_on<link>(*settings_.lanes[number], link_settings_, node);
  }
  return x;
}

bool membership::dials(const std::string& node, bool coordinator) const {
  if (coordinator != settings_.self.coordinator())
    return coordinator;
  return self() < node;
}

// -- connections --------------------------------------------------------------

void membership::on_connected(const std::shared_ptr<peer_socket>& socket) {
  const auto& who = socket->peer();
  if (socket->dialled())
    learn_dialled_address(who);
  if (who.node == self()) {
    spdlog::error("another node is named {}, too ({} at {}): refused", self(),
                  who.incarnation, who.address);
    return socket->drop();
  }
  if (socket->dialled() != dials(who.node, who.coordinator)) {
    spdlog::debug("the connection with {} is for the other side to make",
                  who.node);
    socket->drop();
    return update_dials();
  }
  auto& x = peer_named(who.node);
  if (x.up && x.incarnation != who.incarnation)
    return refuse_rival(socket, x);
  x.coordinator = who.coordinator;
  x.address = who.address;
  send(x.link, use_connection{socket});
}

void membership::refuse_rival(const std::shared_ptr<peer_socket>& socket,
                              const peer& present) {
  const auto& who = socket->peer();
  auto why = "a node named " + who.node + " is in the cluster and alive ("
             + present.incarnation + " at " + present.address + ")";
  if (is_news(who.node, who.incarnation + why))
    spdlog::error("{} ({} at {}) is refused: {}", who.node, who.incarnation,
                  who.address, why);
  if (!coordinator_ || socket->dialled())
    return socket->drop(); // it will hear why from the coordinator
  refuser::settings how;
  how.node = self();
  how.incarnation = settings_.self.incarnation();
  how.reason = std::move(why);
  how.timeout = settings_.failure_timeout;
  how.sockets = settings_.sockets;
  spawn_on<refuser>(home_lane(), std::move(how), socket);
}

bool membership::is_news(const std::string& node, const std::string& refusal) {
  // Who is refused tries again, for as long as nobody changes anything.
  return std::exchange(refusals_[node], refusal) != refusal;
}

void membership::on_link(const link_state& x) {
  const auto i = peers_.find(x.peer);
  if (i == peers_.end())
    return;
  auto& peer = i->second;
  peer.up = x.up;
  peer.incarnation = x.incarnation;
  if (coordinator_)
    send(coordinator_, x);
  for (const auto& address : addresses_of(x.peer))
    if (x.up)
      dials_.connected(address);
    else
      dials_.lost(address, home_lane().now());
  if (x.up && peer.coordinator)
    join(x.peer);
  tell_reachable();
  if (!x.up) {
    dial_due();
    probe_lost();
  }
}

void membership::tell_reachable() {
  auto next = std::make_shared<cluster_view>(*view_);
  next->unreachable = unreachable_in(*next);
  if (next->unreachable == view_->unreachable)
    return;
  view_ = std::move(next);
  tell_listeners();
}

std::set<std::string>
membership::unreachable_in(const cluster_view& view) const {
  std::set<std::string> result;
  for (const auto& [node, link] : view.links) {
    const auto i = peers_.find(node);
    if (i == peers_.end() || !i->second.up)
      result.insert(node);
  }
  return result;
}

// -- members whose process has ended ------------------------------------------

// A crash shows at once: the host refuses connections. What looks like one by
// mistake (a firewall that refuses) does no harm: a home that is replaced can
// commit nothing without its copies, and without copies nobody takes its place
// while its lease holds.
void membership::probe_lost() {
  if (!coordinator_)
    return;
  bool more = false;
  for (const auto& m : view_->view->members()) {
    const auto i = peers_.find(m.node());
    if (i == peers_.end() || i->second.up || i->second.gone == m.incarnation())
      continue;
    more = true;
    if (std::exchange(i->second.probing, true))
      continue;
    settings_.transport->probe(
        m.address(), [me = caf::actor{this}, node = m.node(),
                      incarnation = m.incarnation()](bool closed) {
          caf::anon_send(me, peer_probed{node, incarnation, closed});
        });
  }
  if (more)
    probe_timer_.expires_after(probe_interval);
}

void membership::on_probed(const peer_probed& x) {
  const auto i = peers_.find(x.node);
  if (i == peers_.end())
    return;
  i->second.probing = false;
  if (!x.closed || i->second.up || !coordinator_)
    return;
  i->second.gone = x.incarnation;
  send(coordinator_, peer_gone{x.node, x.incarnation});
}

void membership::retire_useless_links() {
  // Others may still use a link of the view before, so not at once.
  const auto now = home_lane().now();
  for (auto i = peers_.begin(); i != peers_.end();) {
    auto& x = i->second;
    if (x.up || view_->is_member(i->first))
      x.useless_since.reset();
    else if (!x.useless_since)
      x.useless_since = now;
    if (x.useless_since
        && now - *x.useless_since > 10 * settings_.failure_timeout) {
      // It may just be taking a connection; nobody will hear how that ended.
      for (const auto& address : addresses_of(i->first))
        dials_.lost(address, now);
      send_exit(x.link, caf::exit_reason::user_shutdown);
      i = peers_.erase(i);
    } else {
      ++i;
    }
  }
  dial_due();
}

// -- dialling -----------------------------------------------------------------

std::vector<std::string>
membership::addresses_of(const std::string& node) const {
  std::vector<std::string> result;
  const auto i = peers_.find(node);
  if (i != peers_.end() && !i->second.address.empty())
    result.push_back(i->second.address);
  for (const auto& [address, name] : nodes_by_address_)
    if (name == node && (result.empty() || result.front() != address))
      result.push_back(address);
  return result;
}

void membership::learn_dialled_address(const peer_identity& who) {
  auto address = who.address;
  // An address of ours need not be under way any more, when both sides dialled.
  const auto& listed = settings_.coordinators;
  const bool ours =
      dials_.dialling(address) || nodes_by_address_.contains(address)
      || std::find(listed.begin(), listed.end(), address) != listed.end();
  if (!ours) {
    // It advertises something else than we dial: which one was it?
    const auto candidates = dials_.under_way();
    if (candidates.size() != 1)
      return;
    address = candidates.front();
    if (!nodes_by_address_.contains(address))
      spdlog::warn("{} is {}, which advertises {}", address, who.node,
                   who.address);
  }
  nodes_by_address_[address] = who.node;
  dials_.connected(address);
  if (complained_.erase(address) > 0)
    spdlog::info("{} at {} answers again", who.node, address);
}

void membership::on_dial_failed(const dial_failed& x) {
  // The first failure is news, the others are not.
  if (complained_.insert(x.address).second)
    spdlog::warn("can't connect to {}: {}", x.address, x.why);
  else
    spdlog::debug("can't connect to {}: {}", x.address, x.why);
  dials_.failed(x.address, home_lane().now());
  dial_due();
}

void membership::update_dials() {
  std::set<std::string> wanted;
  for (const auto& address : settings_.coordinators) {
    const auto known = nodes_by_address_.find(address);
    // Of two coordinators only one dials; which one is known once they met.
    if (address != settings_.self.address()
        && (known == nodes_by_address_.end()
            || (known->second != self() && dials(known->second, true))))
      wanted.insert(address);
  }
  for (const auto& m : view_->view->members())
    if (m.node() != self() && dials(m.node(), m.coordinator()))
      wanted.insert(m.address());
  dials_.want(wanted, home_lane().now());
  for (const auto& [node, x] : peers_)
    if (x.up)
      for (const auto& address : addresses_of(node))
        dials_.connected(address);
  std::erase_if(complained_,
                [this](const auto& x) { return !dials_.wants(x); });
  dial_due();
}

void membership::dial_due() {
  const auto now = home_lane().now();
  for (const auto& address : dials_.take_due(now))
    settings_.transport->dial(address);
  if (const auto next = dials_.next_due())
    dial_timer_.expires_at(*next);
}

} // namespace actors
