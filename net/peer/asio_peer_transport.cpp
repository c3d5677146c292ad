#include "net/peer/asio_peer_transport.hpp"

#include "net/peer/authenticator.hpp"
#include "net/peer/dial_attempt.hpp"
#include "net/peer/fd_guard.hpp"
#include "net/peer/mutual_tls.hpp"
#include "net/peer/peer_listener.hpp"
#include "net/peer/refusal_log.hpp"
#include "net/peer/socket_options.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <pthread.h>
#include <set>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

namespace net::peer {

namespace {

/// The sentence for logs and callbacks.
std::string sentence(const refusal& why, const std::string& address,
                     bool dialled) {
  auto whom = why.peer.empty() ? address : why.peer + " at " + address;
  if (why.reason == refusal_reason::unreachable)
    return "the node at " + address + " cannot be reached: " + why.why;
  if (why.by_peer)
    return "the node " + whom + " refuses this node: " + why.why;
  if (dialled)
    return "dialling " + whom + " failed: " + why.why;
  return "the cluster port refuses " + whom + ": " + why.why;
}

} // namespace

struct asio_peer_transport::impl {
  /// A dial on its way; either part may be gone.
  struct dialling {
    std::shared_ptr<dial_attempt> attempt;
    std::shared_ptr<authenticator> guest;
  };

  explicit impl(peer_options given)
      : options(std::move(given)), terms{options.self, options.cluster,
                                         options.secret, options.version},
        log(options.log ? options.log : spdlog::default_logger()),
        refusals(io, log) {}

  void run();
  void check_options() const;
  void start_dial(const std::string& address);
  void start_probe(const std::string& address,
                   std::function<void(bool closed)> done);
  void authenticate(std::uint64_t id, const std::string& address,
                    tcp::socket socket);
  void fail_dial(std::uint64_t id, const std::string& address,
                 const refusal& why);
  void on_accepted(const std::string& from, authenticator::outcome result);
  void refuse(const std::string& address, const refusal& why);
  bool hand_over(channel proved, bool was_dialled, std::string& why);
  int hand_over_plain(channel& proved, actors::peer_connection& out);
  int hand_over_tls(channel& proved, actors::peer_connection& out);
  void stop();

  // Outlives the io_context, whose last handlers may count.
  std::shared_ptr<peer_metrics> metrics = std::make_shared<peer_metrics>();
  const peer_options options;
  const handshake_terms terms;
  std::shared_ptr<spdlog::logger> log;
  std::unique_ptr<asio::ssl::context> tls;
  asio::io_context io{1};
  refusal_log refusals;
  std::unique_ptr<peer_listener> listener;
  actors::peer_transport::on_connected connected;
  actors::peer_transport::on_failed failed;
  std::uint64_t last_dial = 0;
  std::map<std::uint64_t, dialling> dials;
  std::set<std::shared_ptr<tls_pump>> pumps;
  bool stopped = false;
  asio::executor_work_guard<asio::io_context::executor_type> work =
      asio::make_work_guard(io);
  std::thread thread;
};

asio_peer_transport::asio_peer_transport(peer_options options)
    : impl_(std::make_unique<impl>(std::move(options))) {}

asio_peer_transport::~asio_peer_transport() {
  if (!impl_->thread.joinable())
    return;
  asio::post(impl_->io, [it = impl_.get()] {
    it->stop();
    for (const auto& pump : std::exchange(it->pumps, {}))
      pump->close();
    // What the closed sockets abort is ahead of this in the queue.
    asio::post(it->io, [it] { it->io.stop(); });
  });
  impl_->thread.join();
}

void asio_peer_transport::open() {
  impl_->check_options();
  if (impl_->options.tls)
    impl_->tls = make_mutual_tls(*impl_->options.tls);
  impl_->listener =
      std::make_unique<peer_listener>(impl_->io, impl_->options, impl_->terms,
                                      impl_->tls.get(), *impl_->metrics);
  impl_->listener->open();
}

std::uint16_t asio_peer_transport::port() const {
  return impl_->listener ? impl_->listener->port() : 0;
}

void asio_peer_transport::start(on_connected connected, on_failed failed) {
  assert(impl_->listener && "open() comes first");
  auto* it = impl_.get();
  it->connected = std::move(connected);
  it->failed = std::move(failed);
  asio::post(it->io, [it] {
    if (it->stopped)
      return;
    it->listener->start(
        [it](const std::string& from, authenticator::outcome result) {
          it->on_accepted(from, std::move(result));
        });
  });
  it->thread = std::thread{[it] {
    it->run();
  }};
}

void asio_peer_transport::dial(std::string address) {
  asio::post(impl_->io, [it = impl_.get(), address = std::move(address)] {
    it->start_dial(address);
  });
}

void asio_peer_transport::probe(std::string address,
                                std::function<void(bool closed)> done) {
  asio::post(impl_->io, [it = impl_.get(), address = std::move(address),
                         done = std::move(done)]() mutable {
    it->start_probe(address, std::move(done));
  });
}

void asio_peer_transport::stop() {
  asio::post(impl_->io, [it = impl_.get()] { it->stop(); });
}

const peer_metrics& asio_peer_transport::metrics() const {
  return *impl_->metrics;
}

void asio_peer_transport::impl::run() {
  ::pthread_setname_np(::pthread_self(), "peer-transport");
  for (auto again = true; again;) {
    again = false;
    try {
      io.run();
    } catch (const std::exception& thrown) {
      log->error("the cluster port goes on after an error: {}", thrown.what());
      again = true;
    }
  }
}

void asio_peer_transport::impl::check_options() const {
  auto need = [](bool good, const std::string& sentence) {
    if (!good)
      throw std::runtime_error(sentence);
  };
  auto plain = [need](const char* what, const std::string& text) {
    need(is_plain_text(text), std::string{what}
                                  + " must have 1 to 255 printable ASCII "
                                    "characters");
  };
  need(!options.secret.empty() || options.tls,
       "The cluster port needs a secret or TLS certificates: without both "
       "anybody could join the cluster");
  plain("The cluster name", options.cluster);
  plain("The node name", options.self.node);
  plain("The address at which other nodes reach this one",
        options.self.address);
  need(options.self.incarnation.size() == 16,
       "The incarnation of a node must be 16 hex digits");
}

void asio_peer_transport::impl::start_dial(const std::string& address) {
  auto id = ++last_dial;
  metrics->dials.add();
  if (stopped)
    return fail_dial(id, address,
                     {refusal_reason::stopping, false, {}, "this node stops"});
  auto attempt = std::make_shared<dial_attempt>(io);
  dials[id].attempt = attempt;
  attempt->start(address, options.connect_timeout,
                 [this, id, address](dial_attempt::outcome result) {
                   if (auto* why = std::get_if<refusal>(&result))
                     return fail_dial(id, address, *why);
                   authenticate(id, address,
                                std::get<tcp::socket>(std::move(result)));
                 });
}

void asio_peer_transport::impl::start_probe(
    const std::string& address, std::function<void(bool closed)> done) {
  if (stopped)
    return done(false);
  const auto id = ++last_dial;
  auto attempt = std::make_shared<dial_attempt>(io);
  dials[id].attempt = attempt;
  attempt->start(address, options.connect_timeout,
                 [this, id, done = std::move(done),
                  attempt = std::weak_ptr{attempt}](const auto& result) {
                   const auto made = attempt.lock();
                   done(std::holds_alternative<refusal>(result) && made
                        && made->nobody_listens());
                   dials.erase(id);
                 });
}

void asio_peer_transport::impl::authenticate(std::uint64_t id,
                                             const std::string& address,
                                             tcp::socket socket) {
  set_peer_socket_options(socket, options.unacknowledged_timeout);
  auto guest = std::make_shared<authenticator>(std::move(socket), role::dialler,
                                               terms, tls.get());
  dials[id] = {nullptr, guest};
  guest->start(options.handshake_timeout, [this, id, address](
                                              authenticator::outcome result) {
    if (auto* why = std::get_if<refusal>(&result))
      return fail_dial(id, address, *why);
    std::string problem;
    if (!hand_over(std::get<channel>(std::move(result)), true, problem))
      return fail_dial(id, address,
                       {refusal_reason::exhausted, false, {}, problem});
    metrics->dialled.add();
    dials.erase(id);
  });
}

void asio_peer_transport::impl::fail_dial(std::uint64_t id,
                                          const std::string& address,
                                          const refusal& why) {
  dials.erase(id);
  metrics->dials_failed[static_cast<std::size_t>(why.reason)].add();
  auto text = sentence(why, address, true);
  refusals.add(why.reason, true, text);
  failed(address, text);
}

void asio_peer_transport::impl::on_accepted(const std::string& from,
                                            authenticator::outcome result) {
  if (auto* why = std::get_if<refusal>(&result))
    return refuse(from, *why);
  std::string problem;
  if (!hand_over(std::get<channel>(std::move(result)), false, problem))
    return refuse(from, {refusal_reason::exhausted, false, {}, problem});
  metrics->accepted.add();
}

void asio_peer_transport::impl::refuse(const std::string& address,
                                       const refusal& why) {
  metrics->refused[static_cast<std::size_t>(why.reason)].add();
  refusals.add(why.reason, false, sentence(why, address, false));
}

bool asio_peer_transport::impl::hand_over(channel proved, bool was_dialled,
                                          std::string& why) {
  actors::peer_connection out;
  out.peer = proved.peer;
  out.dialled = was_dialled;
  out.fd =
      proved.tls ? hand_over_tls(proved, out) : hand_over_plain(proved, out);
  if (out.fd < 0) {
    why = std::string{"this node cannot take the connection over: "}
          + std::strerror(errno);
    return false;
  }
  connected(std::move(out));
  return true;
}

int asio_peer_transport::impl::hand_over_plain(channel& proved,
                                               actors::peer_connection& out) {
  auto guard = fd_guard::of({proved.plain->native_handle()});
  if (!guard)
    return -1;
  error_code ec;
  proved.plain->native_non_blocking(true, ec);
  out.guard = std::move(guard);
  return proved.plain->release();
}

int asio_peer_transport::impl::hand_over_tls(channel& proved,
                                             actors::peer_connection& out) {
  auto pump = std::make_shared<tls_pump>(std::move(proved.tls));
  auto fd = pump->open();
  if (fd < 0)
    return -1;
  auto guard = fd_guard::of({pump->local_fd(), pump->tcp_fd()});
  if (!guard) {
    ::close(fd);
    errno = EMFILE;
    return -1;
  }
  out.guard = std::move(guard);
  pumps.insert(pump);
  metrics->tls_pumps.add();
  pump->start([this, key = std::weak_ptr{pump}] {
    metrics->tls_pumps.sub();
    if (auto ended = key.lock())
      pumps.erase(ended);
  });
  return fd;
}

void asio_peer_transport::impl::stop() {
  if (std::exchange(stopped, true))
    return;
  if (listener)
    listener->stop();
  while (!dials.empty()) {
    // `give_up` erases the entry.
    auto dial = dials.begin()->second;
    if (dial.guest)
      dial.guest->give_up(refusal_reason::stopping, "this node stops");
    else
      dial.attempt->give_up(refusal_reason::stopping, "this node stops");
  }
}

} // namespace net::peer
