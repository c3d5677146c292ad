#pragma once

#include <chrono>

namespace simulation {

/// Sets the clocks of this process, steady and of the system, so that nothing
/// depends on when a simulation runs. They stand still otherwise.
void set_clock(std::chrono::milliseconds since_start);

} // namespace simulation
