#pragma once

// Heavy headers of these tests, compiled once.

#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
