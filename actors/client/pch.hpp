#pragma once

// Heavy headers of this folder, compiled once.

#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <spdlog/spdlog.h>
