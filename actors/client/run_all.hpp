#pragma once

#include <cstddef>
#include <functional>

namespace actors {

/// Starts job `index`, which calls `ended` exactly once, maybe before it
/// returns.
using start_job =
    std::function<void(std::size_t index, std::function<void()> ended)>;

/// Runs the jobs 0 .. count-1, started in this order and at most `window` at a
/// time (1: one after the other), then calls `done`.
void run_all(std::size_t count, std::size_t window, start_job start,
             std::function<void()> done);

} // namespace actors
