#include "actors/client/permissions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace actors;
using config::channel_options;
using proto::errc;

const asker alice{"alice", false, false};
const asker alice_inside{"alice", true, false};
const asker nobody{"", false, false};
const asker nobody_inside{"", true, false};
const asker insecure{"", false, true};

// -- names --------------------------------------------------------------------

class look_up_room_test : public ::testing::Test {
protected:
  /// What a room of this name comes to.
  auto found(std::string_view room, named_by whom = named_by::client) const {
    return look_up_room(config_, room, whom);
  }

  static std::variant<const channel_options*, errc>
  are(const channel_options& options) {
    return &options;
  }
  static std::variant<const channel_options*, errc> refused(errc code) {
    return code;
  }

  config::node_config config_;
  channel_options& plain_ = config_.channel.without_namespace;
  channel_options& chat_ = config_.channel.namespaces["chat"];
};

TEST_F(look_up_room_test, finds_the_options_of_a_plain_name) {
  EXPECT_EQ(found("chat:lobby"), are(chat_));
  EXPECT_EQ(found("$chat:lobby"), are(chat_));
  EXPECT_EQ(found(std::string(255, 'x')), are(plain_));
}

TEST_F(look_up_room_test, knows_no_other_namespaces) {
  for (const auto whom : {named_by::client, named_by::backend})
    EXPECT_EQ(found("other:1", whom), refused(errc::unknown_channel));
}

TEST_F(look_up_room_test, refuses_a_long_name_and_none_whoever_chose_it) {
  for (const auto whom : {named_by::client, named_by::backend}) {
    EXPECT_EQ(found(std::string(256, 'x'), whom), refused(errc::bad_request));
    EXPECT_EQ(found("", whom), refused(errc::bad_request));
  }
}

TEST_F(look_up_room_test, wants_a_pattern_for_names_beyond_ascii) {
  EXPECT_EQ(found("chat:\xC3\xA4"), refused(errc::bad_request));
  chat_.channel_regex = config::room_pattern{"^.+$"};
  EXPECT_EQ(found("chat:\xC3\xA4"), are(chat_));
}

TEST_F(look_up_room_test,
       holds_the_pattern_against_what_follows_the_namespace) {
  chat_.channel_regex = config::room_pattern{"^[0-9]+$"};
  EXPECT_EQ(found("chat:42"), are(chat_));
  EXPECT_EQ(found("$chat:42"), are(chat_));
  EXPECT_EQ(found("chat:x42"), refused(errc::bad_request));
}

TEST_F(look_up_room_test, lets_a_backend_choose_any_name) {
  EXPECT_EQ(found("chat:\xC3\xA4", named_by::backend), are(chat_));
  chat_.channel_regex = config::room_pattern{"^[0-9]+$"};
  EXPECT_EQ(found("chat:#bob", named_by::backend), are(chat_));
}

struct listing {
  const char* room;
  const char* user;
  bool listed;
};

class lists_user_test : public ::testing::TestWithParam<listing> {};

TEST_P(lists_user_test, reads_the_end_of_the_name) {
  const auto& x = GetParam();
  EXPECT_EQ(lists_user(x.room, x.user), x.listed) << x.room << ' ' << x.user;
}

INSTANTIATE_TEST_SUITE_P(
    names, lists_user_test,
    ::testing::Values(listing{"x#alice", "alice", true},
                      listing{"x#bob,alice", "alice", true},
                      listing{"x#bob,alice", "bob", true},
                      listing{"x#bob,alice", "bo", false},
                      listing{"x#bob", "alice", false},
                      listing{"x#alice#bob", "alice", false},
                      listing{"x#alice#bob", "bob", true},
                      listing{"x", "alice", false}, listing{"x#", "", false},
                      listing{"x#,", "", false},
                      listing{"x#alice,bob", "alice,bob", false},
                      listing{"x#alice#bob", "alice#bob", false}));

// -- subscribe ----------------------------------------------------------------

TEST(permissions_test, nobody_subscribes_unless_allowed) {
  channel_options options;
  EXPECT_FALSE(may_subscribe("a", options, alice));
  EXPECT_TRUE(may_subscribe("a", options, insecure));
  options.allow_subscribe_for_client = true;
  EXPECT_TRUE(may_subscribe("a", options, alice));
  EXPECT_FALSE(may_subscribe("a", options, nobody));
  options.allow_subscribe_for_anonymous = true;
  EXPECT_TRUE(may_subscribe("a", options, nobody));
}

TEST(permissions_test, private_rooms_always_need_a_token) {
  channel_options options;
  options.allow_subscribe_for_client = true;
  EXPECT_FALSE(may_subscribe("$a", options, alice));
  EXPECT_FALSE(may_subscribe("$a", options, insecure));
}

TEST(permissions_test, user_limited_rooms_are_for_those_listed) {
  channel_options options;
  options.allow_subscribe_for_client = true;
  options.allow_user_limited_channels = true;
  EXPECT_TRUE(may_subscribe("a#alice", options, alice));
  EXPECT_FALSE(may_subscribe("a#bob", options, alice));
  EXPECT_TRUE(may_subscribe("a", options, alice));
  options.allow_user_limited_channels = false;
  EXPECT_TRUE(may_subscribe("a#bob", options, alice)); // a name like any other
}

// -- publish, presence, history ----------------------------------------------

struct rule {
  bool clients, subscribers, anonymous;
  bool alice, alice_inside, nobody, nobody_inside;
};

class rule_test : public ::testing::TestWithParam<rule> {};

TEST_P(rule_test, is_the_same_for_publish_presence_and_history) {
  const auto& x = GetParam();
  channel_options options;
  options.allow_publish_for_client = x.clients;
  options.allow_publish_for_subscriber = x.subscribers;
  options.allow_publish_for_anonymous = x.anonymous;
  options.allow_presence_for_client = x.clients;
  options.allow_presence_for_subscriber = x.subscribers;
  options.allow_presence_for_anonymous = x.anonymous;
  options.allow_history_for_client = x.clients;
  options.allow_history_for_subscriber = x.subscribers;
  options.allow_history_for_anonymous = x.anonymous;
  for (auto* may : {may_publish, may_read_presence, may_read_history}) {
    EXPECT_EQ(may(options, alice), x.alice);
    EXPECT_EQ(may(options, alice_inside), x.alice_inside);
    EXPECT_EQ(may(options, nobody), x.nobody);
    EXPECT_EQ(may(options, nobody_inside), x.nobody_inside);
    EXPECT_TRUE(may(options, insecure));
  }
}

INSTANTIATE_TEST_SUITE_P(
    table, rule_test,
    ::testing::Values(
        // clients subscr. anon. | alice inside nobody inside
        rule{false, false, false, false, false, false, false},
        rule{false, false, true, false, false, false, false},
        rule{false, true, false, false, true, false, false},
        rule{false, true, true, false, true, false, true},
        rule{true, false, false, true, true, false, false},
        rule{true, false, true, true, true, true, true},
        rule{true, true, true, true, true, true, true}));

TEST(permissions_test, publications_carry_what_the_namespace_says) {
  channel_options options;
  EXPECT_TRUE(acceptable_data(options, "\xff"));
  EXPECT_FALSE(acceptable_data(options, ""));
  options.publication_data_format = config::data_format::json;
  EXPECT_TRUE(acceptable_data(options, "{\"a\":1}"));
  EXPECT_FALSE(acceptable_data(options, "\xff"));
  EXPECT_FALSE(acceptable_data(options, ""));
  options.publication_data_format = config::data_format::binary;
  EXPECT_TRUE(acceptable_data(options, "\xff"));
  EXPECT_TRUE(acceptable_data(options, ""));
}

// -- what a subscription gets -------------------------------------------------

channel_options with_history() {
  channel_options options;
  options.history_size = 10;
  options.history_ttl = std::chrono::minutes{1};
  return options;
}

TEST(permissions_test, recovery_and_position_need_history) {
  channel_options options;
  options.force_recovery = true;
  options.force_positioning = true;
  const auto got = features_of(options, {}, {}, alice);
  EXPECT_FALSE(got.recoverable);
  EXPECT_FALSE(got.positioned);
}

TEST(permissions_test, recovery_brings_position) {
  auto options = with_history();
  options.force_recovery = true;
  const auto got = features_of(options, {}, {}, alice);
  EXPECT_TRUE(got.recoverable);
  EXPECT_TRUE(got.positioned);
}

TEST(permissions_test, wishes_need_permission) {
  auto options = with_history();
  const subscription_features all{true, true, true, true, true, true};
  options.allow_channel_compaction = false;
  options.join_leave = true;
  auto got = features_of(options, {}, all, alice);
  EXPECT_FALSE(got.recoverable);
  EXPECT_FALSE(got.positioned);
  EXPECT_FALSE(got.presence);
  EXPECT_FALSE(got.push_join_leave);
  EXPECT_FALSE(got.compaction);

  options.allow_recovery = true;
  options.allow_channel_compaction = true;
  options.allow_presence_for_subscriber = true;
  got = features_of(options, {}, all, alice);
  EXPECT_TRUE(got.recoverable);
  EXPECT_TRUE(got.push_join_leave);
  EXPECT_TRUE(got.compaction);

  options.allow_recovery = false;
  options.allow_positioning = true;
  got = features_of(options, {}, all, alice);
  EXPECT_FALSE(got.recoverable);
  EXPECT_TRUE(got.positioned);
}

TEST(permissions_test, presence_and_announcements_are_not_to_be_wished) {
  const subscription_features all{true, true, true, true, true, true};
  const auto got = features_of({}, {}, all, insecure);
  EXPECT_FALSE(got.presence);
  EXPECT_FALSE(got.announce);
}

TEST(permissions_test, joins_are_pushed_only_where_there_are_any) {
  channel_options options;
  options.force_push_join_leave = true;
  EXPECT_FALSE(features_of(options, {}, {}, alice).push_join_leave);
  options.join_leave = true;
  const auto got = features_of(options, {}, {}, alice);
  EXPECT_TRUE(got.push_join_leave);
  EXPECT_TRUE(got.announce);
}

TEST(permissions_test, a_token_overrides_the_namespace) {
  auto options = with_history();
  options.presence = true;
  subscription_override overrides;
  overrides.presence = false;
  overrides.join_leave = true;
  overrides.force_push_join_leave = true;
  overrides.force_recovery = true;
  const auto got = features_of(options, overrides, {}, alice);
  EXPECT_FALSE(got.presence);
  EXPECT_TRUE(got.announce);
  EXPECT_TRUE(got.push_join_leave);
  EXPECT_TRUE(got.recoverable);
}

} // namespace
