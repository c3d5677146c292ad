#pragma once

#include "actors/messages.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// The surveys under way: each ends when every node has answered, or with an
/// error for those that have not.
class survey_table {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using promise = caf::typed_response_promise<survey_result>;

  /// Returns the number of the new survey. Without nodes it ends at once.
  std::uint64_t start(const std::vector<std::string>& nodes, promise who,
                      time_point deadline);

  /// `node` has answered.
  void answer(std::uint64_t number, const std::string& node,
              std::shared_ptr<roost::link::NodeReply> reply);

  /// Ends the surveys that are past their time. Deadlines must have been added
  /// in order.
  void expire(time_point now);

  /// Ends all surveys.
  void fail_all(const std::string& why);

  bool empty() const { return under_way_.empty(); }
  std::optional<time_point> next_deadline() const;

private:
  struct entry {
    promise who;
    time_point deadline;
    std::size_t missing = 0;
    survey_result result;
  };

  void end(entry& x, const std::string& why);

  std::uint64_t last_ = 0;
  std::map<std::uint64_t, entry> under_way_;
};

} // namespace actors
