#pragma once

#include "actors/lane/deadline_queue.hpp"
#include "actors/messages.hpp"
#include "actors/room/requests.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

namespace actors {

/// Who waits for the answer to a request.
using waiting_for_reply =
    std::variant<caf::typed_response_promise<room_answer>,
                 caf::typed_response_promise<shard_answer>,
                 caf::typed_response_promise<shards_answer>,
                 caf::typed_response_promise<node_answer>>;

/// Answers with an error of the kind that the asker understands.
void refuse(waiting_for_reply& who, proto::errc code, const std::string& why);

/// The requests that a link has sent and that have no reply yet. Ids are never
/// used again by the same link.
class link_requests {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Returns the id of the new request.
  std::uint64_t add(waiting_for_reply who, time_point deadline);

  /// Takes out who waits for `id`; nobody when it was answered or given up.
  std::optional<waiting_for_reply> take(std::uint64_t id);

  /// Answers, with a temporary error, whoever waited too long. Returns
  /// how many that were.
  std::size_t expire(time_point now, const std::string& why);

  /// Answers everybody with a temporary error.
  void fail_all(const std::string& why);

  std::size_t size() const { return waiting_.size(); }
  bool empty() const { return waiting_.empty(); }

private:
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, waiting_for_reply> waiting_;
  deadline_queue<std::uint64_t> deadlines_; // of ids
};

} // namespace actors
