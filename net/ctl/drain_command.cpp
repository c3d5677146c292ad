#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"
#include "net/ctl/run_command.hpp"
#include "proto/admin.pb.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <thread>

namespace net {

namespace admin = roost::admin;

namespace {

constexpr std::chrono::milliseconds look_again_after{200};

/// Shards that a node is home of or still hands over, and copies that it keeps.
struct holdings {
  std::uint64_t view = 0;
  std::uint32_t shards = 0;
  std::uint32_t copies = 0;

  bool empty() const { return shards + copies == 0; }
};

holdings holdings_of(const ctl_context& context, const std::string& node) {
  admin::ViewResult view;
  context.coordinator.call("view", admin::ViewRequest{}, view);
  holdings result{view.number()};
  const auto has = [&node](const auto& names) {
    return std::find(names.begin(), names.end(), node) != names.end();
  };
  for (const auto& shard : view.shards()) {
    if (shard.home() == node || shard.donor() == node)
      ++result.shards;
    else if (has(shard.standbys()) || has(shard.learners()))
      ++result.copies;
  }
  return result;
}

ctl_exit wait_until_empty(const ctl_context& context,
                          const drain_options& options, std::uint64_t since) {
  const auto node = visible(options.node);
  const auto end = std::chrono::steady_clock::now() + options.wait;
  for (;;) {
    const auto left = holdings_of(context, options.node);
    if (left.view >= since && left.empty()) {
      if (!context.json)
        context.out << node << " holds no shards since view " << left.view
                    << ".\n";
      return ctl_done;
    }
    if (std::chrono::steady_clock::now() >= end) {
      context.err << node << " still has " << left.shards << " shards and "
                  << left.copies
                  << " copies; they go on moving, see roost ctl nodes.\n";
      return ctl_refused;
    }
    std::this_thread::sleep_for(look_again_after);
  }
}

} // namespace

ctl_exit drain(const ctl_context& context, const drain_options& options) {
  admin::DrainRequest request;
  request.set_node(options.node);
  request.set_undo(options.undo);
  auto print = [&](const admin::DrainResult& result) {
    context.out << visible(options.node)
                << (options.undo ? " takes its share of the shards again"
                                 : " gives its shards away and takes none")
                << ", from view " << result.view() << " on.\n"
                << std::flush;
  };
  const auto result =
      run_command<admin::DrainResult>(context, "drain", request, print);
  if (options.undo || options.wait.count() == 0)
    return ctl_done;
  return wait_until_empty(context, options, result.view());
}

} // namespace net
