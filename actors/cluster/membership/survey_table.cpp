#include "actors/cluster/membership/survey_table.hpp"

#include "actors/room/requests.hpp"

#include <utility>

namespace actors {

using roost::link::NodeReply;

std::uint64_t survey_table::start(const std::vector<std::string>& nodes,
                                  promise who, time_point deadline) {
  const auto number = ++last_;
  entry x{std::move(who), deadline, nodes.size(), {}};
  for (const auto& node : nodes)
    x.result.replies.emplace(node, nullptr);
  if (nodes.empty())
    end(x, {});
  else
    under_way_.emplace(number, std::move(x));
  return number;
}

void survey_table::answer(std::uint64_t number, const std::string& node,
                          std::shared_ptr<NodeReply> reply) {
  const auto i = under_way_.find(number);
  if (i == under_way_.end())
    return;
  auto& x = i->second;
  const auto slot = x.result.replies.find(node);
  if (slot == x.result.replies.end() || slot->second)
    return;
  slot->second = std::move(reply);
  if (--x.missing > 0)
    return;
  end(x, {});
  under_way_.erase(i);
}

void survey_table::end(entry& x, const std::string& why) {
  for (auto& [node, reply] : x.result.replies)
    if (!reply)
      reply = no_answer(why).reply;
  x.who.deliver(std::move(x.result));
}

void survey_table::expire(time_point now) {
  while (!under_way_.empty() && under_way_.begin()->second.deadline <= now) {
    end(under_way_.begin()->second, "no answer in time");
    under_way_.erase(under_way_.begin());
  }
}

void survey_table::fail_all(const std::string& why) {
  for (auto& [number, x] : std::exchange(under_way_, {}))
    end(x, why);
}

std::optional<survey_table::time_point> survey_table::next_deadline() const {
  if (under_way_.empty())
    return std::nullopt;
  return under_way_.begin()->second.deadline;
}

} // namespace actors
