// Whatever a file holds, it is accepted or refused in one line.

#include "cluster-config/reference.hpp"
#include "support.hpp"

#include <random>

namespace config {

namespace {

/// Changes, drops, doubles or inserts a few bytes.
std::string mutate(std::string text, std::mt19937& random) {
  const std::string_view bytes = "\"'[]{}=#.,\\\n\r\t\0 \xff"
                                 "0a_-:*$";
  auto position = [&] {
    return random() % (text.size() + 1);
  };
  for (auto left = 1 + random() % 4; left > 0; --left) {
    auto at = position();
    switch (random() % 4) {
    case 0:
      text.insert(at, 1, bytes[random() % bytes.size()]);
      break;
    case 1:
      text.erase(at, 1 + random() % 8);
      break;
    case 2:
      text.insert(at, text.substr(position(), random() % 40));
      break;
    default:
      text.resize(at);
    }
    if (text.empty())
      break;
  }
  return text;
}

void expect_one_line(const std::string& text) {
  try {
    parse(text, "node.toml");
  } catch (const error& refused) {
    std::string_view line = refused.what();
    EXPECT_TRUE(line.starts_with("node.toml:")) << line;
    EXPECT_EQ(line.find_first_of("\n\r"), line.npos) << line;
  }
}

} // namespace

TEST(mutation_test, meets_any_change_of_a_file_with_one_line) {
  std::mt19937 random{20240501};
  const std::string text = R"([node]
name = "alpha"
[http]
listen = "[::1]:80"
allowed_origins = ["https://a.example", '*']
[client]
ping_interval = "1m30s"
token = {hmac_secret_key = "k", audience = """a"""}
[[channel.namespaces]]
name = "chat"
history_size = 1_000
history_ttl = "1h"
)";
  for (int i = 0; i < 1000; ++i)
    expect_one_line(mutate(text, random));
}

TEST(mutation_test, meets_a_file_cut_anywhere_with_one_line) {
  auto text = default_config_text();
  for (std::size_t size = 0; size < text.size(); size += 397)
    expect_one_line(text.substr(0, size));
}

TEST(mutation_test, meets_deep_nesting_with_one_line) {
  expect_one_line("x = " + std::string(500, '[') + "1");
  expect_one_line("[" + std::string(500, 'a') + "]");
}

} // namespace config
