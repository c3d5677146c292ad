#include "net/node.hpp"

#include "actors/client/node_agent.hpp"
#include "actors/client/users.hpp"
#include "actors/cluster/caf_node_id.hpp"
#include "actors/cluster/cluster_settings.hpp"
#include "actors/cluster/membership/membership_messages.hpp"
#include "actors/raft/raft_storage.hpp"
#include "actors/room/audience/audience.hpp"
#include "actors/room/replication/courier.hpp"
#include "actors/room/shard/shard.hpp"
#include "cluster-config/loader.hpp"
#include "net/admission/descriptors.hpp"
#include "net/graceful_stop.hpp"
#include "net/http/demo_key.hpp"
#include "net/http/internal_routes.hpp"
#include "net/http/public_routes.hpp"
#include "net/listener.hpp"
#include "net/metrics/metrics_page.hpp"
#include "net/peer/asio_peer_transport.hpp"
#include "net/version.hpp"
#include "net/view_watch.hpp"

#include <boost/asio/signal_set.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <optional>
#include <pthread.h>
#include <random>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace net {

namespace {

/// How long actors may take to end once everything else has stopped.
constexpr std::chrono::seconds end_timeout{5};

struct actor_config : caf::actor_system_config {
  explicit actor_config(const config::node_config& config) {
    actors::configure(*this, config.cluster.has_value(),
                      config.cluster ? config.cluster->failure_timeout
                                     : config::duration{0});
  }
};

std::string random_incarnation() {
  std::random_device random;
  const auto value = (std::uint64_t{random()} << 32U) | random();
  return fmt::format("{:016x}", value);
}

/// `guest_key`: what tokens of guests are signed with; empty: there are none.
actors::token_verifier make_verifier(const config::token_keys& keys,
                                     std::string_view section,
                                     std::string guest_key = {}) {
  try {
    return actors::token_verifier{
        {.hmac_secret = keys.hmac_secret_key,
         .hmac_previous_secret = keys.hmac_previous_secret_key,
         .rsa_public_key_pem = keys.rsa_public_key,
         .ecdsa_public_key_pem = keys.ecdsa_public_key,
         .audience = keys.audience,
         .issuer = keys.issuer,
         .guest_secret = std::move(guest_key)}};
  } catch (const std::invalid_argument& e) {
    throw config::error(std::string{section} + ": " + e.what());
  }
}

std::shared_ptr<peer::asio_peer_transport>
make_transport(const config::node_config& config,
               const std::string& incarnation) {
  if (!config.cluster)
    return nullptr;
  const auto& cluster = *config.cluster;
  peer::peer_options options;
  options.listen = cluster.listen;
  options.self = {.node = config.node.name,
                  .incarnation = incarnation,
                  .address = to_string(cluster.advertise),
                  .coordinator = config.node.roles.coordinator};
  options.cluster = cluster.name;
  options.secret = cluster.secret;
  if (cluster.tls())
    options.tls = peer::tls_files{.certificate = cluster.tls_certificate,
                                  .key = cluster.tls_key,
                                  .ca = cluster.tls_ca};
  options.unacknowledged_timeout = std::max<std::chrono::milliseconds>(
      cluster.failure_timeout * 2, std::chrono::seconds{2});
  auto transport =
      std::make_shared<peer::asio_peer_transport>(std::move(options));
  try {
    transport->open();
  } catch (const std::system_error&) {
    throw; // may pass: an address that is in use, a name that is not known yet
  } catch (const std::runtime_error& e) {
    throw config::error(std::string{"[cluster]: "} + e.what());
  }
  return transport;
}

} // namespace

class node::impl {
public:
  explicit impl(config::node_config config)
      : config_(std::move(config)), incarnation_(random_incarnation()),
        demo_key_(config_.http.demo_page ? demo_key(config_.client.token)
                                         : std::string{}),
        connection_tokens_(
            make_verifier(config_.client.token, "client.token", demo_key_)),
        actor_config_(config_), system_(actor_config_) {
    system_.await_actors_before_shutdown(false);
    if (config_.client.subscription_token.enabled)
      subscription_tokens_.emplace(make_verifier(
          config_.client.subscription_token, "client.subscription_token"));
    make_lanes();
    open();
    wire();
  }

  int run() {
    asio::signal_set signals{main_, SIGTERM, SIGINT};
    signals.async_wait([&](error_code ec, int signal) {
      if (!ec)
        on_first_signal(signals, signal);
    });
    ignore_signals();
    start();
    main_.run();
    end_actors();
    stop_lanes();
    spdlog::info("{} has stopped", config_.node.name);
    return 0;
  }

private:
  /// Sockets that listen are of the lanes, which end before the listeners do:
  /// declared after both, it stops them first, also where the start fails.
  struct listener_stop {
    ~listener_stop() {
      for (auto* x : {&node.public_, &node.internal_})
        if (*x)
          (*x)->stop();
    }

    impl& node;
  };

  // -- before anything runs ---------------------------------------------------

  void make_lanes() {
    auto count = config_.node.lanes;
    if (count == 0)
      count = std::max(1U, std::thread::hardware_concurrency());
    for (std::uint32_t i = 0; i < count; ++i)
      lanes_.push_back(std::make_unique<actors::lane>(system_, i));
  }

  void open() {
    gateway_.config = &config_;
    gateway_.services = &services_;
    gateway_.demo_key = demo_key_;
    const auto shares = share_descriptors(raise_descriptor_limit(),
                                          config_.limits.internal_connections);
    spdlog::info("{} descriptors: {} for clients, {} kept for the internal "
                 "address, other nodes and files",
                 shares.all, shares.clients, shares.kept());
    public_.emplace(gateway_, "http.listen", config_.http.listen, config_.http,
                    public_service(config_, lanes_.size(), shares));
    internal_.emplace(gateway_, "internal.listen", config_.internal.listen,
                      config_.internal,
                      internal_service(config_, shares, [this] {
                        return render_metrics(metrics_);
                      }));
    auto& io = lanes_.front()->io();
    if (serves_clients())
      public_->open(io);
    internal_->open(io);
    transport_ = make_transport(config_, incarnation_);
  }

  void wire() {
    auto cluster = actors::cluster_settings_of(config_, incarnation_);
    for (auto& lane : lanes_)
      cluster.lanes.push_back(lane.get());
    links_ = std::make_shared<actors::link_registry>();

    spawn_rooms(cluster);
    spawn_users(cluster.shards);
    spawn_agent(cluster);
    // A node that is a cluster by itself has nowhere to put copies.
    watch_ = actors::spawn_on<view_watch>(
        first_lane(), gateway_, config_.cluster ? cluster.replicas : 0);
    keep(watch_);

    cluster.rooms = &*rooms_;
    cluster.audiences = audiences_;
    cluster.couriers = rooms_context_.couriers;
    cluster.listeners = rooms_->shards();
    cluster.listeners.insert(cluster.listeners.end(), audiences_.begin(),
                             audiences_.end());
    cluster.listeners.push_back(watch_);
    cluster.listeners.push_back(cluster.node_agent);
    if (config_.client.cluster_user_connection_limit != 0)
      cluster.listeners.push_back(services_.users);
    cluster.rooms_held = [this] {
      return rooms_held();
    };
    cluster.lease = &rooms_context_.lease;
    cluster.standing = &standing_;
    cluster.transport = transport_;
    cluster.links = links_;
    try {
      services_.membership = keep(actors::spawn_membership(std::move(cluster)));
    } catch (const actors::storage_unavailable& e) {
      throw std::runtime_error(std::string{"cluster.data_dir: "} + e.what());
    } catch (const actors::storage_error& e) {
      throw config::error(std::string{"cluster.data_dir: "} + e.what());
    }
    rooms_context_.membership = services_.membership;

    fill_services();
    spawn_apis();
    metrics_ = {.node = &gateway_,
                .coordinator = coordinates() ? &standing_ : nullptr,
                .links = config_.cluster ? links_.get() : nullptr,
                .peers = transport_ ? &transport_->metrics() : nullptr};
  }

  bool serves_clients() const { return config_.node.roles.gateway; }

  bool coordinates() const { return config_.node.roles.coordinator; }

  actors::lane& first_lane() { return *lanes_.front(); }

  caf::actor keep(caf::actor x) {
    actors_.push_back(x);
    return x;
  }

  std::uint32_t rooms_held() const {
    std::int64_t sum = 0;
    for (const auto& lane : lanes_)
      sum += lane->metrics().rooms.value();
    return static_cast<std::uint32_t>(std::max<std::int64_t>(sum, 0));
  }

  void spawn_rooms(const actors::cluster_settings& cluster) {
    rooms_context_.node = config_.node.name;
    rooms_context_.channels = &config_.channel;
    rooms_context_.limits = config_.limits;
    rooms_context_.request_timeout = cluster.request_timeout;
    rooms_context_.failure_timeout = cluster.failure_timeout;
    rooms_context_.hand_over_timeout = cluster.hand_over_timeout;
    rooms_context_.epoch_seed = std::random_device{}();
    std::vector<caf::actor> shards;
    for (std::uint32_t i = 0; i < cluster.shards; ++i)
      shards.push_back(keep(actors::spawn_on<actors::shard>(
          *lanes_[i % lanes_.size()], rooms_context_, i)));
    rooms_.emplace(std::move(shards));
    rooms_context_.directory = &*rooms_;
    for (auto& lane : lanes_)
      rooms_context_.couriers.push_back(
          keep(actors::spawn_on<actors::courier>(*lane, rooms_context_)));

    actors::audience_settings settings;
    settings.node = config_.node.name;
    settings.recovery_limit = config_.client.recovery_max_publication_limit;
    settings.page_bytes = config_.client.page_bytes();
    settings.parked_limit = config_.limits.audience_parked_requests;
    settings.request_timeout = cluster.request_timeout;
    settings.lanes = static_cast<std::uint32_t>(lanes_.size());
    for (auto& lane : lanes_) {
      audiences_.push_back(
          keep(actors::spawn_on<actors::audience>(*lane, *rooms_, settings)));
      audience_refs_.push_back(
          {actors::self_of<actors::audience>(audiences_.back())});
    }
    rooms_context_.audiences = audiences_;
  }

  void spawn_users(std::uint32_t shards) {
    services_.users = keep(actors::spawn_on<actors::users>(
        first_lane(),
        actors::users_settings{
            .node = config_.node.name,
            .user_connection_limit = config_.client.user_connection_limit,
            .replace_oldest = config_.client.user_connection_policy
                              == config::user_connection_policy::replace_oldest,
            .cluster_user_connection_limit =
                config_.client.cluster_user_connection_limit,
            .incarnation = incarnation_,
            .shards = shards}));
    for (auto& lane : lanes_)
      services_.polling.push_back(
          keep(actors::spawn_on<actors::polling>(*lane, services_)));
  }

  void spawn_agent(actors::cluster_settings& cluster) {
    actors::node_agent_settings settings;
    settings.node = config_.node.name;
    settings.incarnation = incarnation_;
    settings.version = version;
    settings.http_address = cluster.self.http_address();
    settings.users = services_.users;
    settings.polling = services_.polling;
    settings.lanes = cluster.lanes;
    settings.audiences = audience_refs_;
    settings.standing = coordinates() ? &standing_ : nullptr;
    cluster.node_agent = keep(actors::spawn_on<actors::node_agent>(
        first_lane(), std::move(settings)));
  }

  void fill_services() {
    services_.config = &config_;
    services_.rooms = &*rooms_;
    services_.connection_tokens = &connection_tokens_;
    services_.subscription_tokens =
        subscription_tokens_ ? &*subscription_tokens_ : &connection_tokens_;
    services_.node = config_.node.name;
    services_.incarnation = incarnation_;
    services_.version = std::string{"Roost "} + version;
  }

  void spawn_apis() {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      auto handle = keep(actors::spawn_on<actors::api>(*lanes_[i], services_));
      auto entry = std::make_unique<lane_gateway>(
          *lanes_[i], config_.node.socket_writes == config::socket_writes::any);
      entry->audience = audience_refs_[i];
      entry->api.self = actors::self_of<actors::api>(handle);
      handle = keep(actors::spawn_on<actors::emulation>(*lanes_[i], services_));
      entry->emulation.self = actors::self_of<actors::emulation>(handle);
      entry->polling.self =
          actors::self_of<actors::polling>(services_.polling[i]);
      gateway_.lanes.push_back(std::move(entry));
    }
  }

  // -- running ----------------------------------------------------------------

  void start() {
    for (auto& lane : lanes_) {
      threads_.emplace_back([&lane] { lane->run(); });
      pthread_setname_np(threads_.back().native_handle(),
                         fmt::format("lane-{}", lane->number()).c_str());
    }
    asio::post(first_lane().io(), [this] {
      if (serves_clients())
        public_->start();
      internal_->start();
    });
    gateway_.live = true;
    if (serves_clients())
      spdlog::info("{} serves clients at {}", config_.node.name,
                   public_->where());
    spdlog::info("{} serves backends and admins at {}", config_.node.name,
                 internal_->where());
  }

  /// By default they would end the process, which nobody means by them.
  void ignore_signals() {
    ignored_.async_wait([this](error_code ec, int signal) {
      if (ec)
        return;
      spdlog::info("{} ignores a signal: {}", config_.node.name,
                   strsignal(signal));
      ignore_signals();
    });
  }

  void on_first_signal(asio::signal_set& signals, int signal) {
    spdlog::info("{} stops: {}", config_.node.name, strsignal(signal));
    signals.async_wait([](error_code ec, int) {
      if (!ec)
        _exit(1); // asked twice: at once
    });
    gateway_.stopping = true;
    gateway_.ready = false;
    asio::post(first_lane().io(), [this] { public_->stop(); });
    auto step = [this](auto message) {
      return [this, message](std::function<void()> done) {
        // With arguments: without any, CAF reads through a null pointer.
        system_.spawn(
            [message, done = std::move(done)](caf::event_based_actor* self,
                                              const caf::actor& membership) {
              self->request(membership, caf::infinite, message)
                  .then([done](const actors::left&) { done(); },
                        [done](const caf::error&) { done(); });
            },
            services_.membership);
      };
    };
    auto stop = std::make_shared<graceful_stop>(
        main_, gateway_,
        graceful_stop::steps{.hand_over = step(actors::begin_leaving{}),
                             .leave = step(actors::leave_view{})});
    stop->run([this, &signals] {
      signals.cancel();
      main_.stop();
    });
  }

  // -- the end ----------------------------------------------------------------

  void end_actors() {
    asio::post(first_lane().io(), [this] {
      public_->stop();
      internal_->stop();
    });
    if (transport_)
      transport_->stop();
    for (auto i = actors_.rbegin(); i != actors_.rend(); ++i)
      caf::anon_send_exit(*i, caf::exit_reason::user_shutdown);
    const auto deadline = std::chrono::steady_clock::now() + end_timeout;
    while (system_.registry().running() > 0
           && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    if (const auto left = system_.registry().running(); left > 0)
      spdlog::warn("{} actors did not end in time", left);
  }

  void stop_lanes() {
    for (auto& lane : lanes_)
      lane->stop();
    for (auto& thread : threads_)
      thread.join();
    threads_.clear();
  }

  const config::node_config config_;
  const std::string incarnation_;
  const std::string demo_key_;
  const actors::token_verifier connection_tokens_;
  std::optional<const actors::token_verifier> subscription_tokens_;

  actor_config actor_config_;
  caf::actor_system system_;

  // What actors and sockets refer to; they end before it does.
  actors::client_services services_;
  actors::rooms_context rooms_context_;
  std::optional<actors::room_directory> rooms_;
  std::shared_ptr<actors::link_registry> links_;
  actors::coordinator_standing standing_;
  gateway gateway_;
  metrics_sources metrics_;
  std::optional<listener> public_;
  std::optional<listener> internal_;
  std::shared_ptr<peer::asio_peer_transport> transport_;

  std::vector<caf::actor> actors_; // in the order of their start
  std::vector<caf::actor> audiences_;
  std::vector<actors::audience_ref> audience_refs_;
  caf::actor watch_;

  std::vector<std::unique_ptr<actors::lane>> lanes_;
  listener_stop listener_stop_{*this};
  std::vector<std::thread> threads_;
  asio::io_context main_;
  asio::signal_set ignored_{main_, SIGHUP, SIGUSR1, SIGUSR2};
};

node::node(config::node_config config)
    : impl_(std::make_unique<impl>(std::move(config))) {}

node::~node() = default;

int node::run() {
  return impl_->run();
}

} // namespace net
