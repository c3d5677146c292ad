#include "net/load/errors.hpp"
#include "net/load/protocol/protocol.hpp"
#include "proto/client.pb.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace net::load {

namespace {

/// Writes down what a protocol tells.
class listener final : public hearing {
public:
  void delivered(const char* payload) override {
    numbers.push_back(read_stamp(payload).number);
  }
  void ready() override { ++ready_calls; }
  void refused(std::string why) override { refusals.push_back(why); }
  void say(std::string_view message) override { said.emplace_back(message); }

  std::vector<std::uint64_t> numbers;
  std::vector<std::string> said;
  std::vector<std::string> refusals;
  int ready_calls = 0;
};

/// One conversation.
struct talk {
  explicit talk(std::unique_ptr<protocol> with, role who = {})
      : speaks(std::move(with)), as(std::move(who)) {}

  void hear(std::string_view message) {
    speaks->read(memory, as, message, heard);
  }

  std::unique_ptr<protocol> speaks;
  role as;
  conversation memory;
  listener heard;
};

using numbers = std::vector<std::uint64_t>;
using words = std::vector<std::string>;

const role subscriber{.room = "a:b", .subscribes = true};

std::string payload(std::uint64_t number) {
  return std::string{payload_writer{80}.write({1, number, 2})};
}

std::string push(std::uint64_t number) {
  return R"({"push":{"channel":"a:b","pub":{"data":)" + payload(number)
         + R"(,"offset":)" + std::to_string(number) + "}}}";
}

std::string with_length(const google::protobuf::MessageLite& message) {
  auto bytes = message.SerializeAsString();
  std::string out;
  for (auto left = bytes.size();; left >>= 7) {
    out += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f)
      return out + bytes;
  }
}

std::string protobuf_push(std::uint64_t number) {
  roost::client::Reply reply;
  auto& pushed = *reply.mutable_push();
  pushed.set_channel("a:b");
  pushed.mutable_pub()->set_data(payload(number));
  pushed.mutable_pub()->set_offset(number);
  return with_length(reply);
}

std::string nats_message(std::uint64_t number) {
  return "MSG a:b 1 80\r\n" + payload(number) + "\r\n";
}

} // namespace

// -- Roost, JSON --------------------------------------------------------------

TEST(protocol_test, roost_connects_and_subscribes_in_one_message) {
  talk t{make_roost_json(),
         {.room = "a:b", .subscribes = true, .token = "x\"y"}};
  t.speaks->open(t.memory, t.as, t.heard);
  EXPECT_EQ(t.heard.said, words{R"({"id":1,"connect":{"token":"x\"y"}})"
                                "\n"
                                R"({"id":2,"subscribe":{"channel":"a:b"}})"});
  t.hear(R"({"id":1,"connect":{"client":"c"}})");
  EXPECT_EQ(t.heard.ready_calls, 0);
  t.hear(R"({"id":2,"subscribe":{}})");
  EXPECT_EQ(t.heard.ready_calls, 1);
}

TEST(protocol_test, roost_reads_many_pushes_in_a_message) {
  talk t{make_roost_json(), subscriber};
  t.hear(push(8) + "\n" + push(9) + "\n" + push(10) + "\n" + push(11));
  t.hear(push(12) + "\n");
  EXPECT_EQ(t.heard.numbers, (numbers{8, 9, 10, 11, 12}));
}

TEST(protocol_test, roost_answers_a_ping_between_pushes) {
  talk t{make_roost_json(), subscriber};
  t.hear(push(1) + "\n{}\n" + push(2));
  EXPECT_EQ(t.heard.numbers, (numbers{1, 2}));
  EXPECT_EQ(t.heard.said, words{"{}"});
}

TEST(protocol_test, roost_sees_pushes_without_payload) {
  talk t{make_roost_json(), subscriber};
  t.hear(push(1)
         + "\n"
           R"({"push":{"channel":"a:b","join":{}}})"
           "\n"
         + push(2));
  EXPECT_EQ(t.heard.numbers, (numbers{1, 2}));
  t.hear(R"({"push":{"channel":"a:b","unsubscribe":{"code":2500}}})");
  EXPECT_EQ(t.heard.refusals.size(), 1u);
}

TEST(protocol_test, roost_tells_an_error) {
  talk t{make_roost_json(), subscriber};
  t.hear(R"({"id":2,"error":{"code":103,"message":"permission denied"}})");
  EXPECT_EQ(t.heard.refusals,
            words{R"(answers "{"id":2,"error":{"code":103,"message":)"
                  R"("permission denied"}}")"});
}

TEST(protocol_test, roost_publishes_and_asks) {
  talk t{make_roost_json(), subscriber};
  std::string message;
  t.speaks->publish(t.memory, t.as, "{}", message);
  EXPECT_EQ(message, R"({"id":100,"publish":{"channel":"a:b","data":{}}})");
  message.clear();
  t.speaks->ask(t.memory, t.as, "{}", message);
  EXPECT_EQ(message, R"({"id":101,"rpc":{"method":"roost.echo","data":{}}})");
  t.hear(R"({"id":101,"rpc":{"data":)" + payload(7) + "}}");
  EXPECT_EQ(t.heard.numbers, numbers{7});
}

// -- Roost, Protobuf ----------------------------------------------------------

TEST(protocol_test, protobuf_connects_and_subscribes_in_one_message) {
  talk t{make_roost_protobuf(), subscriber};
  t.speaks->open(t.memory, t.as, t.heard);
  // Length 4, id 1, an empty connect; length 9, id 2, subscribe to "a:b".
  EXPECT_EQ(t.heard.said, words{std::string("\x04\x08\x01\x22\x00"
                                            "\x09\x08\x02\x2a\x05\x0a\x03"
                                            "a:b",
                                            15)});
  roost::client::Reply reply;
  reply.set_id(2);
  reply.mutable_subscribe();
  t.hear(with_length(reply));
  EXPECT_EQ(t.heard.ready_calls, 1);
}

TEST(protocol_test, protobuf_reads_pushes_and_answers_pings) {
  talk t{make_roost_protobuf(), subscriber};
  t.hear(protobuf_push(1) + std::string(1, '\0') + protobuf_push(300)
         + protobuf_push(301));
  EXPECT_EQ(t.heard.numbers, (numbers{1, 300, 301}));
  EXPECT_EQ(t.heard.said, words{std::string(1, '\0')});
}

TEST(protocol_test, protobuf_refuses_what_is_cut_off) {
  talk t{make_roost_protobuf(), subscriber};
  auto whole = protobuf_push(1);
  t.hear(whole.substr(0, whole.size() - 1));
  EXPECT_EQ(t.heard.refusals.size(), 1u);
  t.hear("\xff\xff\xff\xff\xff\xff");
  EXPECT_EQ(t.heard.refusals.size(), 2u);
  EXPECT_TRUE(t.heard.numbers.empty());
}

TEST(protocol_test, protobuf_tells_an_error) {
  talk t{make_roost_protobuf(), subscriber};
  roost::client::Reply reply;
  reply.mutable_error()->set_code(103);
  reply.mutable_error()->set_message("permission denied");
  t.hear(with_length(reply));
  EXPECT_EQ(t.heard.refusals,
            words{R"(answers error 103: "permission denied")"});
}

// -- NATS ---------------------------------------------------------------------

TEST(protocol_test, nats_is_ready_when_its_ping_is_answered) {
  talk t{make_nats(), subscriber};
  t.speaks->open(t.memory, t.as, t.heard);
  ASSERT_EQ(t.heard.said.size(), 1u);
  EXPECT_TRUE(t.heard.said[0].ends_with("}\r\nSUB a:b 1\r\nPING\r\n"));
  t.hear("INFO {\"a\":\"PONG\"}\r\nPO");
  EXPECT_EQ(t.heard.ready_calls, 0);
  t.hear("NG\r\n");
  EXPECT_EQ(t.heard.ready_calls, 1);
}

TEST(protocol_test, nats_reads_a_stream_cut_anywhere) {
  auto stream = "+OK\r\n" + nats_message(1) + "PING\r\n" + nats_message(2)
                + nats_message(3);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    talk t{make_nats(), subscriber};
    t.hear(stream.substr(0, cut));
    t.hear(stream.substr(cut));
    EXPECT_EQ(t.heard.numbers, (numbers{1, 2, 3})) << cut;
    EXPECT_EQ(t.heard.said, words{"PONG\r\n"}) << cut;
    EXPECT_TRUE(t.memory.rest.empty()) << cut;
  }
}

TEST(protocol_test, nats_reads_a_stream_byte_by_byte) {
  talk t{make_nats(), subscriber};
  for (char c : nats_message(1) + nats_message(2))
    t.hear({&c, 1});
  EXPECT_EQ(t.heard.numbers, (numbers{1, 2}));
}

TEST(protocol_test, nats_tells_errors_and_nonsense) {
  talk t{make_nats(), subscriber};
  t.hear("-ERR 'Authorization Violation'\r\n");
  t.hear("MSG a:b 1 many\r\n");
  t.hear(std::string(100'000, 'x'));
  EXPECT_EQ(t.heard.refusals, (words{R"(says "-ERR 'Authorization Violation'")",
                                     R"(sends the line "MSG a:b 1 many")",
                                     "sends a line without end"}));
}

TEST(protocol_test, nats_publishes) {
  talk t{make_nats(), subscriber};
  std::string message;
  t.speaks->publish(t.memory, t.as, "{}", message);
  EXPECT_EQ(message, "PUB a:b 2\r\n{}\r\n");
}

// -- Nchan --------------------------------------------------------------------

TEST(protocol_test, nchan_names_the_room_in_the_path) {
  auto nchan = make_nchan();
  EXPECT_EQ(nchan->path("", subscriber), "/sub/a:b");
  EXPECT_EQ(nchan->path("/x", {.room = "r", .publishes = true}), "/x/pub/r");
  EXPECT_EQ(
      nchan->path("", {.room = "r", .subscribes = true, .publishes = true}),
      "/pubsub/r");
}

TEST(protocol_test, nchan_ignores_what_it_says_to_a_publisher) {
  talk t{make_nchan(), subscriber};
  t.speaks->open(t.memory, t.as, t.heard);
  EXPECT_EQ(t.heard.ready_calls, 1);
  t.hear("queued messages: 0\r\nactive subscribers: 1\r\n");
  t.hear(payload(5));
  EXPECT_EQ(t.heard.numbers, numbers{5});
  EXPECT_TRUE(t.heard.refusals.empty());
}

// -- Programs of their own ----------------------------------------------------

TEST(protocol_test, raw_subscribes_publishes_and_asks) {
  talk t{make_raw(), subscriber};
  t.speaks->open(t.memory, t.as, t.heard);
  EXPECT_EQ(t.heard.said, words{R"({"sub":"a:b"})"});
  t.hear(R"({"ok":"a:b"})");
  EXPECT_EQ(t.heard.ready_calls, 1);
  t.hear(R"({"room":"a:b","data":)" + payload(3) + "}");
  EXPECT_EQ(t.heard.numbers, numbers{3});
  t.hear(R"({"error":"no"})");
  EXPECT_EQ(t.heard.refusals, words{R"(answers "{"error":"no"}")"});
  std::string message;
  t.speaks->publish(t.memory, t.as, "1", message);
  t.speaks->ask(t.memory, t.as, "2", message);
  EXPECT_EQ(message, R"({"pub":"a:b","data":1}{"echo":2})");
}

TEST(protocol_test, socketio_opens_connects_and_subscribes) {
  talk t{make_socketio(), subscriber};
  t.speaks->open(t.memory, t.as, t.heard);
  t.hear(R"(0{"sid":"x","pingInterval":25000})");
  t.hear(R"(40{"sid":"y"})");
  EXPECT_EQ(t.heard.said, (words{"40", R"(421["sub","a:b"])"}));
  EXPECT_EQ(t.heard.ready_calls, 0);
  t.hear(R"(431["ok"])");
  EXPECT_EQ(t.heard.ready_calls, 1);
}

TEST(protocol_test, socketio_reads_events_and_answers_pings) {
  talk t{make_socketio(), subscriber};
  t.hear(R"(42["msg",)" + payload(1) + "]");
  t.hear(R"(43101[)" + payload(2) + "]");
  t.hear("2");
  EXPECT_EQ(t.heard.numbers, (numbers{1, 2}));
  EXPECT_EQ(t.heard.said, words{"3"});
  t.hear("");
  t.hear("4");
  EXPECT_TRUE(t.heard.refusals.empty());
  t.hear(R"(44{"message":"no"})");
  t.hear("41");
  t.hear("1");
  EXPECT_EQ(t.heard.refusals.size(), 3u);
}

// -- All ----------------------------------------------------------------------

TEST(protocol_test, is_made_by_name) {
  for (auto name : {"roost", "nats", "nchan", "raw", "socketio"})
    EXPECT_NE(make_protocol(name, "json"), nullptr);
  EXPECT_EQ(make_protocol("roost", "protobuf")->kind(), opcode::binary);
  EXPECT_THROW(make_protocol("nats", "protobuf"), usage_error);
  EXPECT_THROW(make_protocol("roost", "xml"), usage_error);
  EXPECT_THROW(make_protocol("mqtt", "json"), usage_error);
}

TEST(protocol_test, survives_every_single_byte) {
  for (auto name : {"roost", "nats", "nchan", "raw", "socketio"})
    for (int c = 0; c < 256; ++c) {
      talk t{make_protocol(name, "json"), subscriber};
      char byte = static_cast<char>(c);
      t.hear({&byte, 1});
      EXPECT_TRUE(t.heard.numbers.empty());
    }
}

// -- roost, what a subscriber may ask for
// --------------------------------------

TEST(roost_json_test, subscribes_with_deltas_and_a_filter) {
  auto as = subscriber;
  as.delta = true;
  as.filter = R"({"key":"a","cmp":"ex"})";
  EXPECT_EQ(roost_opening(as),
            "{\"id\":1,\"connect\":{}}\n"
            R"({"id":2,"subscribe":{"channel":"a:b","delta":"fossil",)"
            R"("tf":{"key":"a","cmp":"ex"}}})");
}

TEST(roost_json_test, says_that_a_delta_makes_nothing) {
  auto as = subscriber;
  as.delta = true;
  talk with{make_roost_json(), as};
  with.hear(R"({"push":{"channel":"a:b","pub":{"data":"x","delta":true}}})");
  EXPECT_EQ(with.heard.refusals.size(), 1u);
}

// -- roost, over streams
// --------------------------------------------------------

TEST(roost_stream_test, asks_with_a_body_or_in_the_address) {
  EXPECT_EQ(make_roost_stream(false)->request("h:1", "/s", {.room = "a"}),
            "POST /s HTTP/1.1\r\nHost: h:1\r\n"
            "Content-Type: application/json\r\nContent-Length: 21\r\n\r\n"
            R"({"id":1,"connect":{}})");
  EXPECT_EQ(make_roost_stream(true)->request("h:1", "/s", {.room = "a"}),
            "GET /s?cf_connect=%7B%22id%22%3A1%2C%22connect%22%3A%7B%7D%7D "
            "HTTP/1.1\r\nHost: h:1\r\nAccept: text/event-stream\r\n\r\n");
}

TEST(roost_stream_test, hears_lines_in_any_pieces) {
  for (bool events : {false, true}) {
    std::string all = events ? "\r\n" : "";
    for (const auto& line :
         {std::string{R"({"id":1,"connect":{}})"},
          std::string{R"({"id":2,"subscribe":{}})"}, push(0), push(1), push(2)})
      all += events ? "data: " + line + "\n\n" : line + "\n";
    for (std::size_t step : {std::size_t{1}, std::size_t{7}, all.size()}) {
      talk with{make_roost_stream(events), subscriber};
      for (std::size_t at = 0; at < all.size(); at += step)
        with.hear(std::string_view{all}.substr(at, step));
      EXPECT_EQ(with.heard.numbers, (numbers{0, 1, 2})) << step;
      EXPECT_EQ(with.heard.ready_calls, 1) << step;
      EXPECT_TRUE(with.heard.refusals.empty());
    }
  }
}

} // namespace net::load
