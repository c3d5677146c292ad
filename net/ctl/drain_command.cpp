#include "cluster-config/quantity.hpp"
#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"
#include "net/ctl/run_command.hpp"
#include "proto/admin.pb.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>

namespace net {

namespace admin = roost::admin;

namespace {

constexpr std::chrono::milliseconds look_again_after{200};

struct drain_options {
  std::string node;
  bool undo = false;
  std::string wait = "60s"; ///< 0s does not wait.

  /// Throws if it is no time.
  std::chrono::milliseconds patience() const {
    const auto time = config::parse_duration(wait);
    if (!time)
      throw std::invalid_argument("The wait \"" + wait
                                  + "\" is not a time such as 500ms or 10s.");
    return *time;
  }
};

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

ctl_exit wait_until_empty(const ctl_context& context, const std::string& name,
                          std::uint64_t since,
                          std::chrono::milliseconds patience) {
  const auto node = visible(name);
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = holdings_of(context, name);
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

/// Has a node's shards moved away, and waits until it holds none.
ctl_exit drain(const ctl_context& context, const drain_options& options) {
  const auto patience = options.patience();
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
  if (options.undo || patience.count() == 0)
    return ctl_done;
  return wait_until_empty(context, options.node, result.view(), patience);
}

} // namespace

ctl_run drain_command(CLI::App& command) {
  auto options = std::make_shared<drain_options>();
  command.add_option("NODE", options->node, "Name of the node")->required();
  command.add_flag("--undo", options->undo, "Let it have its share again");
  command
      .add_option("--wait", options->wait,
                  "How long to wait until it holds none; 0s: not at all")
      ->capture_default_str();
  return [options](const ctl_context& context) {
    return drain(context, *options);
  };
}

} // namespace net
