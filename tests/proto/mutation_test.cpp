#include "proto/client.pb.h"
#include "tests/proto/fuzz/entries.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What the fuzzers do, in small and the same each time, for builds without
// them. A broken promise aborts.

namespace proto {
namespace {

class mutator {
public:
  explicit mutator(std::uint64_t seed) : state_(seed) {}

  /// Changes `text` in one to four places.
  void mutate(std::string& text, std::string_view other) {
    for (auto times = 1 + below(4); times > 0; --times)
      mutate_once(text, other);
  }

private:
  std::size_t below(std::size_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>(state_ % limit);
  }

  char interesting() {
    using namespace std::string_view_literals;
    constexpr auto bytes =
        "{}[]\":,\\/u0919eE+-.tfn \n\r\t\0\x01\x7f\x80\xc3\xff\xed\xa0\xf4"sv;
    return bytes[below(bytes.size())];
  }

  void mutate_once(std::string& text, std::string_view other) {
    auto at = below(text.size() + 1);
    switch (below(7)) {
    case 0:
      text.insert(at, 1, interesting());
      break;
    case 1:
      if (at < text.size())
        text[at] = interesting();
      break;
    case 2:
      text.erase(at, 1 + below(4));
      break;
    case 3:
      text.resize(at);
      break;
    case 4:
      text.insert(at, text.substr(at, below(24)));
      break;
    case 5:
      if (at < text.size())
        text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
      break;
    default:
      text.insert(at, other.substr(below(other.size() + 1), below(32)));
    }
  }

  std::uint64_t state_;
};

void run(void (*entry)(std::string_view), std::vector<std::string> seeds) {
  constexpr int rounds = 4000;
  mutator change{0x9e3779b97f4a7c15};
  for (auto& seed : seeds)
    entry(seed);
  for (std::size_t i = 0; i < rounds; ++i) {
    auto text = seeds[i % seeds.size()];
    change.mutate(text, seeds[(i / seeds.size()) % seeds.size()]);
    entry(text);
  }
}

TEST(mutation_test, json_commands_keep_their_promises) {
  run(fuzz::command_json,
      {
          R"({"id":1,"connect":{"token":"a.b.c","data":{"k":[1,2.5e3,"x"]},)"
          R"("subs":{"news":{"recover":true,"offset":7,"epoch":"e"}},)"
          R"("headers":{"h":"v"},"name":"js"}})"
          "\n"
          R"({"id":2,"subscribe":{"channel":"caf\u00e9","flag":1}})",
          R"({"id":3,"publish":{"channel":"x","data":[true,false,null,""]}})"
          "\n{}\n",
          R"({"id":4,"sub_refresh":{"channel":"x","type":1,"track":)"
          R"([{"signature":"s","items":[{"key":"k","version":9}]}]}})",
          R"({"id":5,"subscribe":{"tf":{"op":"and","nodes":[{"key":"k",)"
          R"("cmp":"in","vals":["a","b"]},{"op":"not"}]},"limit":-5}})",
          R"({"send":{"data":"😀\ud83d\ude00"},"later":{"x":[{}]}})",
      });
}

TEST(mutation_test, protobuf_commands_keep_their_promises) {
  roost::client::Command connect;
  connect.set_id(1);
  connect.mutable_connect()->set_token("a.b.c");
  (*connect.mutable_connect()->mutable_subs())["news"].set_offset(300);
  roost::client::Command publish;
  publish.set_id(2);
  publish.mutable_publish()->set_channel("news");
  publish.mutable_publish()->set_data("\x01\xff raw");
  auto delimited = [](const roost::client::Command& command) {
    auto bytes = command.SerializeAsString();
    return static_cast<char>(bytes.size()) + bytes;
  };
  run(fuzz::command_protobuf,
      {delimited(connect), delimited(publish),
       delimited(connect) + delimited(publish) + std::string(1, '\0')});
}

TEST(mutation_test, api_requests_keep_their_promises) {
  run(fuzz::api_json,
      {
          R"({"channel":"news","data":{"a":1},"tags":{"k":"v"},"version":3})",
          R"({"channels":["a","b"],"b64data":"aGk=","skip_history":true})",
          R"({"commands":[{"publish":{"channel":"a","data":1}},)"
          R"({"presence":{"channel":"b"}},null],"parallel":true})",
          R"({"user":"u","override":{"presence":{"value":true}},)"
          R"("recover_since":{"offset":18446744073709551615,"epoch":"e"}})",
      });
}

TEST(mutation_test, json_text_keeps_its_promises) {
  run(fuzz::json_text, {
                           R"({"a":[1,-0.5e-7,{}],"b":"\u00fc\n\"","c":null})",
                           R"( [ [ ] , { "k" : true } , "ü" , 10 ] )",
                           R"("text")",
                           "-12.5E+3",
                       });
}

} // namespace
} // namespace proto
