#include "proto/client_codec.hpp"
#include "proto/json_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

// The ways in which bytes from outside are broken. Each is met with `malformed`
// and a sentence.

namespace proto {
namespace {

using namespace std::string_literals;
using roost::client::Command;

/// The reason why `bytes` are malformed; empty if they are not.
std::string reason(wire_format format, std::string_view bytes) {
  // A copy of the exact size: the sanitizer sees a byte read too far.
  std::vector<char> exact(bytes.begin(), bytes.end());
  command_reader reader{format, {exact.data(), exact.size()}};
  Command command;
  while (reader.next(command) == command_reader::status::ok)
    ;
  return reader.reason();
}

std::string json_reason(std::string_view bytes) {
  return reason(wire_format::json, bytes);
}

std::string protobuf_reason(std::string_view bytes) {
  return reason(wire_format::protobuf, bytes);
}

TEST(malformed_test, json_cut_anywhere) {
  auto whole = R"({"id":1,"connect":{"token":"a\"b","data":{"k":[1,2.5,)"
               R"({"x":null}],"t":true},"subs":{"c":{"recover":false,)"
               R"("offset":12}},"unknown":[{"a":"}"}],"flag":1}})"s;
  ASSERT_EQ(json_reason(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(json_reason(whole.substr(0, size)), "") << whole.substr(0, size);
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_NE(json_reason(whole.substr(size)), "") << whole.substr(size);
}

TEST(malformed_test, json_with_any_byte_missing_or_doubled_never_crashes) {
  auto whole = R"({"id":1,"publish":{"channel":"x\u00fc","data":[1,"a"]}})"s;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto shorter = whole;
    shorter.erase(at, 1);
    json_reason(shorter);
    auto longer = whole;
    longer.insert(at, 1, whole[at]);
    json_reason(longer);
  }
}

TEST(malformed_test, json_nested_ten_thousand_deep) {
  constexpr std::size_t deep = 10'000;
  auto lists = std::string(deep, '[') + std::string(deep, ']');
  std::string objects;
  for (std::size_t i = 0; i < deep; ++i)
    objects += "{\"a\":";
  objects += "1" + std::string(deep, '}');
  EXPECT_EQ(json_reason(R"({"publish":{"data":)" + lists + "}}"),
            "field \"publish.data\" nests deeper than 256 levels");
  EXPECT_EQ(json_reason(R"({"a":)" + objects + "}"),
            "field \"a\" nests deeper than 256 levels");
  for (auto& bytes :
       {lists, objects, std::string(deep, '['), R"({"id":)" + lists + "}",
        R"({"publish":{"data":)" + std::string(deep, '[')})
    EXPECT_NE(json_reason(bytes), "");
}

TEST(malformed_test, json_messages_nested_in_themselves) {
  auto filter = [](std::size_t depth) {
    std::string out = R"({"subscribe":{"tf":)";
    for (std::size_t i = 0; i < depth; ++i)
      out += R"({"nodes":[)";
    for (std::size_t i = 0; i < depth; ++i)
      out += "]}";
    return out + "}}";
  };
  EXPECT_EQ(json_reason(filter(200)), "");
  EXPECT_THAT(json_reason(filter(300)), testing::HasSubstr("nests too deep"));
  EXPECT_THAT(json_reason(filter(3000)), testing::HasSubstr("nests too deep"));
}

TEST(malformed_test, json_with_wrong_brackets_where_nobody_looks) {
  for (auto bytes : {
           R"({"a":[1})",
           R"({"a":[1},"id":1})",
           R"({"a":{"b":1],"id":1})",
           R"({"a":[1 2],"id":1})",
           R"({"a":{"b" 1},"id":1})",
           R"({"a":{1:1},"id":1})",
           R"({"a":tru,"id":1})",
           R"({"a":01,"id":1})",
           R"({"a":"\x","id":1})",
           R"({"a":[,],"id":1})",
           R"({"a":nul})",
           R"({"id":nul})",
           R"({"publish":nulll})",
           R"({"publish":{"removed":truu}})",
           R"({"publish":{"data":[1}}})",
           R"({"publish":{"data":1 1}})",
       })
    EXPECT_THAT(json_reason(bytes), testing::StartsWith("not valid JSON: "))
        << bytes;
}

TEST(malformed_test, json_that_goes_on_after_its_end) {
  for (auto bytes : {"{}}", "{}]", "{}{}", "{} {}", "{},", "{} 1", "{}\"",
                     "{\"id\":1}}", "{\"publish\":{}}}"})
    EXPECT_NE(json_reason(bytes), "") << bytes;
}

TEST(malformed_test, json_objects_that_are_not_quite) {
  for (auto bytes :
       {"{\"id\":1,}", "{,}", "{\"id\"}", "{\"id\":}", "{\"id\" 1}", "{id:1}",
        "{'id':1}", "{\"id\":1 \"ping\":{}}", "[{}]", "\"{}\"", "null", "true",
        "1", "-", " ", "\t", "\r"})
    EXPECT_NE(json_reason(bytes), "") << bytes;
}

TEST(malformed_test, json_with_empty_lines) {
  for (auto bytes : {"\n", "\n{}", "{}\n\n", "{}\n\n{}", "{}\n \n{}"})
    EXPECT_NE(json_reason(bytes), "") << bytes;
  EXPECT_EQ(json_reason("\n"), "an empty line is no command");
}

TEST(malformed_test, json_that_is_not_utf8) {
  for (auto bytes : {"\xff", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                     "\"\xf4\x90\x80\x80\""}) {
    auto text = std::string{bytes};
    EXPECT_NE(json_reason(R"({"publish":{"channel":)" + text + "}}"), "");
    EXPECT_NE(json_reason(R"({"publish":{"data":)" + text + "}}"), "");
    EXPECT_NE(json_reason(R"({"a":)" + text + "}"), "");
  }
  EXPECT_EQ(json_reason("{\"rpc\":{\"method\":\"\xff\"}}"),
            "not valid JSON: it is not UTF-8");
}

TEST(malformed_test, json_strings_with_bad_escapes) {
  for (auto text : {R"("\x")", R"("\u12")", R"("\ud800")", R"("\udc00")",
                    R"("\ud800\u0041")", "\"\x01\"", "\"a\tb\""})
    EXPECT_NE(json_reason(R"({"rpc":{"method":)" + std::string{text} + "}}"),
              "")
        << text;
}

TEST(malformed_test, json_with_zero_bytes) {
  EXPECT_NE(json_reason("{}\0"s), "");
  EXPECT_NE(json_reason("\0{}"s), "");
  EXPECT_NE(json_reason("{\"id\":1\0}"s), "");
  EXPECT_NE(json_reason("{\"rpc\":{\"method\":\"\0\"}}"s), "");
}

TEST(malformed_test, protobuf_cut_anywhere) {
  Command command;
  command.set_id(1);
  command.mutable_connect()->set_token("token");
  (*command.mutable_connect()->mutable_subs())["news"].set_offset(300);
  auto body = command.SerializeAsString();
  auto whole = static_cast<char>(body.size()) + body;
  ASSERT_EQ(protobuf_reason(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(protobuf_reason(whole.substr(0, size)), "") << size;
}

TEST(malformed_test, protobuf_lengths_that_lie) {
  EXPECT_EQ(protobuf_reason("\x05\x08\x01"s),
            "a command is said to have 5 bytes, but 2 follow");
  EXPECT_EQ(protobuf_reason("\xff\xff\xff\xff\x07"s),
            "a command of 2147483647 bytes is over the limit of 65536");
  EXPECT_EQ(protobuf_reason("\xff\xff\xff\xff\x0f"s),
            "a command of 4294967295 bytes is over the limit of 65536");
  for (auto& bytes : {
           "\x80"s,                         // a length cut off
           "\xff\xff\xff\xff"s,             // a length cut off
           "\xff\xff\xff\xff\x1f"s,         // over 32 bits
           "\xff\xff\xff\xff\xff\xff\x01"s, // over 32 bits
           "\x80\x80\x80\x80\x80\x00"s,     // zero, padded beyond 5 bytes
           "\x01\x08\x01"s,                 // ends within a field
           "\x02\x22\x05\x08\x01"s,         // an inner length too long
           "\x06\x22\xff\xff\xff\xff\x0f"s, // an inner length far too long
           "\x00\x7f"s,                     // the second one lies
       })
    EXPECT_NE(protobuf_reason(bytes), "");
}

TEST(malformed_test, protobuf_that_is_not_a_command) {
  for (auto& bytes : {
           "\x01\x07"s,                 // wire type 7
           "\x01\x00"s,                 // field number 0
           "\x02\x0c\x00"s,             // an end group without start
           "\x05\x3a\x03\x0a\x01\xff"s, // publish.channel is not UTF-8
           "\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s, // endless id
       })
    EXPECT_EQ(protobuf_reason(bytes),
              "a command is not the Protobuf message it should be");
}

TEST(malformed_test, protobuf_nested_ten_thousand_deep) {
  std::string node;
  for (int i = 0; i < 10'000; ++i) {
    std::string length;
    auto size = node.size();
    do {
      length.push_back(
          static_cast<char>((size & 0x7f) | (size > 127 ? 0x80 : 0)));
      size >>= 7;
    } while (size > 0);
    node = "\x32" + length + node; // FilterNode.nodes
  }
  roost::client::FilterNode filter;
  EXPECT_FALSE(filter.ParseFromString(node));
}

TEST(malformed_test, protobuf_unknown_fields_are_ignored) {
  EXPECT_EQ(protobuf_reason("\x07"         //
                            "\x08\x01"     // id = 1
                            "\xfa\x3f\x02" // field 1023, 2 bytes
                            "hi"s),
            "");
  // A known number with another wire type is an unknown field, too.
  EXPECT_EQ(protobuf_reason("\x03\x0a\x01x"s), "");
}

} // namespace
} // namespace proto
