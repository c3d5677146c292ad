#pragma once

#include "net/load/http_client.hpp"
#include "net/load/publication_way.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace net::load {

/// A backend that publishes in one room by the server API of Roost. One request
/// is under way; what waits meanwhile goes in the next.
class api_publisher final : public publication_way {
public:
  /// Called once if it ends; why, as a clause without its full stop.
  using on_lost = std::function<void(const std::string& why)>;

  struct role {
    std::string room;
    std::string key;    ///< Of the API.
    bool delta = false; ///< Subscribers get what changed, if they want that.
  };

  api_publisher(loop& events, const target& where, role as, on_lost tell);

  /// Connects; throws load_error when that can't even start.
  void start(std::size_t number) { way_.start(number); }

  bool takes_more() const override {
    return !ended_ && waiting_.size() < max_waiting;
  }
  void publish(std::string_view payload) override;
  void flush() override;

private:
  static constexpr std::size_t max_waiting = 4 * 1024 * 1024;

  void on_answer(const http_answer& answer);
  void end(const std::string& why);

  const target& where_;
  role role_;
  on_lost tell_;
  http_client way_;
  std::string waiting_; ///< Commands of a batch.
  bool under_way_ = false;
  bool ended_ = false;
};

} // namespace net::load
