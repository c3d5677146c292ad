#pragma once

#include "net/load/api_publisher.hpp"
#include "net/load/connection.hpp"
#include "net/load/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace net::load {

/// A server as settings name it, and how it is spoken to.
struct server {
  explicit server(const settings& from);

  target where;
  std::unique_ptr<protocol> speaks;
  std::unique_ptr<protocol> streams; ///< For who only listens; null: as others.
};

/// The token that connection `number` shows; empty for none.
std::string token_for(const settings& from, std::size_t number);

/// Connections that are opened together and then stay, and backends.
class fleet final : private connection_owner {
public:
  fleet(loop& events, const server& to, const settings& with);

  /// Adds a connection to open; to `elsewhere`, which outlives the fleet, if
  /// that is given.
  connection& add(role as, std::uint32_t first_source, std::uint32_t sources,
                  const target* elsewhere = nullptr);

  /// Adds a backend, which publishes at the server API that is at `where`; that
  /// outlives the fleet.
  api_publisher& add_backend(api_publisher::role as, const target& where);

  /// Opens all; throws load_error at the first that fails, and when none gets
  /// ready for ten seconds.
  void open();

  std::size_t size() const { return all_.size(); }
  connection& operator[](std::size_t i) { return *all_[i]; }

  /// How many were lost after `open`, and why the first was.
  std::size_t lost() const { return lost_; }
  const std::string& first_loss() const { return first_loss_; }

  meter counts;

  /// Called with every answer of a connection that asks.
  std::function<void(connection&, const stamp&, std::uint64_t)> on_answer_of;

private:
  void on_ready(connection&) override;
  void on_answer(connection&, const stamp&, std::uint64_t now) override;
  void on_lost(connection&, const std::string& why) override;
  void count_loss(const std::string& why);

  loop& events_;
  const server& server_;
  const settings& settings_;
  inflater inflater_;
  std::vector<std::unique_ptr<connection>> all_;
  std::vector<std::unique_ptr<api_publisher>> backends_;
  std::size_t ready_ = 0;
  std::size_t lost_ = 0;
  std::string first_loss_;
};

} // namespace net::load
