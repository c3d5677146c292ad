#pragma once

#include "proto/client.pb.h"
#include "proto/fossil_delta.hpp"
#include "proto/json_codec.hpp"
#include "tests/room/recording_subscriber.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace room_test {

/// Reads publications as a client does that has asked for deltas.
class delta_reader {
public:
  explicit delta_reader(recording_subscriber& who) : who_(&who) {}

  /// What came with the answer and behind it since the last call, as it was
  /// published.
  std::vector<std::string> take() {
    std::vector<std::string> result;
    if (who_->is_subscribed() && !std::exchange(answered_, true)) {
      EXPECT_TRUE(who_->answer().delta);
      for (const auto& x : who_->answer().publications)
        result.push_back(read(*x));
    }
    for (const auto& x : pushes())
      if (x.has_pub())
        result.push_back(read(x.pub()));
    return result;
  }

  /// For each publication read so far whether it was a delta; forgets them.
  std::vector<bool> take_marks() { return std::exchange(marks_, {}); }

private:
  std::vector<roost::client::Push> pushes() {
    auto result = std::exchange(who_->pushes, {});
    std::istringstream lines{std::exchange(who_->text, {})};
    for (std::string line; std::getline(lines, line);) {
      roost::client::Reply reply;
      EXPECT_FALSE(proto::parse_json(line, reply)) << line;
      result.push_back(reply.push());
    }
    return result;
  }

  std::string read(const roost::client::Publication& x) {
    auto data = x.data();
    if (who_->format() == proto::wire_format::json)
      data = unquoted(data);
    marks_.push_back(x.delta());
    if (x.delta()) {
      auto target = proto::apply_fossil_delta(last_, data, 1 << 20);
      EXPECT_TRUE(target) << "a delta from something else";
      data = target.value_or("");
    }
    return last_ = data;
  }

  static std::string unquoted(const std::string& json) {
    roost::client::Publication text;
    EXPECT_FALSE(proto::parse_json(R"({"epoch":)" + json + "}", text)) << json;
    return text.epoch();
  }

  recording_subscriber* who_;
  bool answered_ = false;
  std::string last_;
  std::vector<bool> marks_;
};

} // namespace room_test
