#include "cluster-config/option_table.hpp"
#include "cluster-config/reference.hpp"
#include "support.hpp"

#include <sstream>

namespace config {

namespace {

/// The text with its commented-out keys and sections switched on.
std::string without_comment_signs(const std::string& text) {
  std::istringstream in{text};
  std::string result;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#") && !line.starts_with("# "))
      line.erase(0, 1);
    result += line + "\n";
  }
  return result;
}

} // namespace

TEST(reference_test, prints_a_default_file_that_loads_as_the_defaults) {
  EXPECT_EQ(parse(default_config_text(), "default.toml"),
            parse("", "empty.toml"));
}

TEST(reference_test, prints_commented_parts_that_load) {
  auto config =
      parse(without_comment_signs(default_config_text()), "default.toml",
            {{"ROOST_CLUSTER_COORDINATORS", "127.0.0.1:7000"},
             {"ROOST_CLUSTER_SECRET", "0123456789abcdef"}});
  cluster_section expected;
  expected.coordinators = {{"127.0.0.1", 7000}};
  expected.advertise = expected.listen;
  expected.secret = "0123456789abcdef";
  EXPECT_EQ(*config.cluster, expected);
  EXPECT_NE(config.channel.find("chat:x"), nullptr);
}

TEST(reference_test, prints_every_key) {
  auto text = "\n" + without_comment_signs(default_config_text());
  for (const auto& section : sections())
    EXPECT_NE(text.find("\n[" + section.name + "]\n"), text.npos)
        << section.name;
  for (const auto& option : node_options()) {
    auto name = option.key.substr(option.key.rfind('.') + 1);
    EXPECT_NE(text.find("\n" + name + " = "), text.npos) << option.key;
  }
}

TEST(reference_test, knows_the_section_of_every_key) {
  for (const auto& option : node_options()) {
    auto name = option.key.substr(0, option.key.rfind('.'));
    bool found = false;
    for (const auto& section : sections())
      found = found || section.name == name;
    EXPECT_TRUE(found) << option.key;
  }
}

TEST(reference_test, shows_values_that_it_reads_again) {
  // Given the default of every key as a file of this key alone
  node_config defaults;
  for (const auto& option : node_options()) {
    auto dot = option.key.rfind('.');
    auto text = "[" + option.key.substr(0, dot) + "]\n"
                + option.key.substr(dot + 1) + " = " + option.show(defaults)
                + "\n";
    // Then it is accepted, or refused for what else a cluster needs.
    auto line = refusal(text);
    if (option.key.starts_with("cluster."))
      EXPECT_EQ(line.find("node.toml:"), 0u);
    else
      EXPECT_EQ(line, "accepted") << text;
  }
}

TEST(reference_test, is_what_the_documentation_says) {
  std::ifstream in{ROOST_SOURCE_DIR "/docs/configuration.md"};
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), configuration_markdown())
      << "write it again: write_configuration_reference docs/configuration.md";
}

} // namespace config
