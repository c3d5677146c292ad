#include "actors/client/connection/subscription.hpp"
#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class delta_and_filter_test : public client_test {
protected:
  delta_and_filter_test() {
    for (const auto* name : {"open", "chat"}) {
      auto& options = config.channel.namespaces[name];
      options.allowed_delta_types.fossil = true;
      options.allow_tags_filter = true;
    }
  }

  static std::string subscribe(const std::string& room,
                               const std::string& fields, int id = 2) {
    return R"({"id":)" + std::to_string(id) + R"(,"subscribe":{"channel":")"
           + room + '"' + fields + "}}";
  }

  static std::string error(int code, const std::string& message) {
    return R"({"id":2,"error":{"code":)" + std::to_string(code)
           + R"(,"message":")" + message + R"("}})";
  }

  static inline const std::string delta = R"(,"delta":"fossil")";
};

// -- deltas -------------------------------------------------------------------

TEST_F(delta_and_filter_test, grants_deltas) {
  auto client = connected("alice");

  client.say(subscribe("open:1", delta));
  publish("open:1", R"({"a":1})");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"subscribe":{"delta":true}})",
                          R"({"push":{"channel":"open:1","pub":{)"
                          R"("data":"{\"a\":1}","offset":1}}})"));
}

TEST_F(delta_and_filter_test, says_what_was_missed_as_strings) {
  publish("chat:1", R"({"a":1})");
  auto client = connected("alice");

  client.say(subscribe("chat:1", delta + R"(,"recover":true)"));

  EXPECT_THAT(client.hear().at(0),
              HasSubstr(R"("publications":[{"data":"{\"a\":1}","offset":1}])"));
}

TEST_F(delta_and_filter_test, grants_none_where_the_namespace_does_not) {
  config.channel.namespaces["open"].allowed_delta_types = {};
  auto client = connected("alice");

  client.say(subscribe("open:1", delta));
  publish("open:1", R"({"a":1})");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})",
                                         HasSubstr(R"("data":{"a":1})")));
}

TEST_F(delta_and_filter_test, marks_what_clients_publish_where_told_so) {
  for (const bool marked : {false, true}) {
    config.channel.namespaces["open"].delta_publish = marked;
    auto client = connected("alice");
    client.say(R"({"id":2,"publish":{"channel":"open:1","data":1}})");
    EXPECT_EQ(rooms.take().at(0)->publish().delta(), marked);
  }
}

// -- filters ------------------------------------------------------------------

TEST_F(delta_and_filter_test, brings_a_filter_into_the_room) {
  auto client = connected("alice");

  client.say(
      subscribe("open:1", R"(,"tf":{"key":"map","cmp":"eq","val":"east"})"));
  publish("open:1", "1"); // has no tags

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})"));
  EXPECT_GT(metrics().tags_filter_bytes.value(), 0);
}

TEST_F(delta_and_filter_test, refuses_filters_where_the_namespace_does) {
  config.channel.namespaces["open"].allow_tags_filter = false;
  auto client = connected("alice");

  client.say(
      subscribe("open:1", R"(,"tf":{"key":"map","cmp":"eq","val":"east"})"));

  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

TEST_F(delta_and_filter_test, refuses_what_is_no_filter) {
  auto client = connected("alice");
  for (const auto* filter :
       {"{}", R"({"key":"a"})", R"({"key":"a","cmp":"eq"})", R"({"op":"xor"})",
        R"({"key":"a","cmp":"in","val":"x"})", R"({"op":"and"})"}) {
    client.say(subscribe("open:1", R"(,"tf":)" + std::string{filter}));
    EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")))
        << filter;
  }
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(delta_and_filter_test, refuses_a_filter_together_with_deltas) {
  auto client = connected("alice");

  client.say(subscribe(
      "open:1", delta + R"(,"tf":{"key":"map","cmp":"eq","val":"east"})"));

  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

TEST_F(delta_and_filter_test, bounds_the_filters_of_a_connection) {
  config.client.tags_filter_bytes = 2048;
  auto client = connected("alice");
  const auto filter = R"(,"tf":{"key":"map","cmp":"eq","val":")"
                      + std::string(1000, 'x') + "\"}";

  client.say(subscribe("open:1", filter));
  client.say(subscribe("open:2", filter));
  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})",
                                         error(106, "limit exceeded")));

  client.say(R"({"id":3,"unsubscribe":{"channel":"open:1"}})");
  client.say(subscribe("open:2", filter));
  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":3,"unsubscribe":{}})",
                                         R"({"id":2,"subscribe":{}})"));
  EXPECT_GT(metrics().tags_filter_bytes.value(), 0);
  client.say(R"({"id":4,"unsubscribe":{"channel":"open:2"}})");
  EXPECT_EQ(metrics().tags_filter_bytes.value(), 0);
}

TEST(subscription_test, is_no_larger_for_a_filter) {
  struct without_filter {
    void* options;
    std::string chan_info;
    std::int64_t due;
    bool flags[5];
  };
  EXPECT_EQ(sizeof(actors::subscription), sizeof(without_filter));
}

} // namespace
