#pragma once

#include "actors/room/audience/audience.hpp"
#include "actors/room/shard/shard.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
