#include "cluster-config/socket_address.hpp"
#include "support.hpp"

namespace config {

namespace {

std::vector<socket_address> listen(const std::string& value,
                                   const std::string& file = "node.toml") {
  return parse("[http]\nlisten = " + value + "\n", file).http.listen;
}

socket_address unix_at(std::string path) {
  return {{}, std::move(path)};
}

} // namespace

TEST(socket_address_test, writes_what_it_reads) {
  for (auto text : {"127.0.0.1:8000", "[::1]:8000", "unix:/run/roost.sock",
                    "unix:roost.sock", "unix:8000"})
    EXPECT_EQ(to_string(*parse_socket_address(text)), text);
}

TEST(socket_address_test, refuses_everything_else) {
  for (auto text : {"", "unix:", "unix:/run/", "unix:/a\nb", "unix", ":8000",
                    "/run/roost.sock"})
    EXPECT_EQ(parse_socket_address(text), std::nullopt) << text;
}

TEST(socket_address_test, is_one_or_several_in_a_file) {
  EXPECT_EQ(listen("\"[::]:80\""),
            (std::vector<socket_address>{{{"::", 80}, {}}}));
  EXPECT_EQ(listen("[\"127.0.0.1:80\", \"unix:/run/roost.sock\"]"),
            (std::vector{socket_address{{"127.0.0.1", 80}, {}},
                         unix_at("/run/roost.sock")}));
  const auto variable =
      parse("", "node.toml",
            {{"ROOST_INTERNAL_LISTEN", "127.0.0.1:90, unix:/run/roost.sock"}});
  EXPECT_EQ(to_string(variable.internal.listen),
            "127.0.0.1:90, unix:/run/roost.sock");
}

TEST(socket_address_test, starts_a_path_at_the_folder_of_the_file) {
  EXPECT_EQ(listen("\"unix:run/../roost.sock\"", "/etc/roost/node.toml"),
            std::vector{unix_at("/etc/roost/roost.sock")});
}

TEST(socket_address_test, has_a_path_that_the_kernel_takes) {
  const auto path = [](std::size_t size) {
    return "\"unix:/" + std::string(size - 1, 'x') + '"';
  };
  EXPECT_EQ(listen(path(max_socket_path)).front().path.size(), 107U);
  EXPECT_TRUE(refusal("[http]\nlisten = " + path(108) + "\n")
                  .ends_with(", a path of 108 bytes; allowed: a path of at"
                             " most 107 bytes"));
}

TEST(socket_address_test, stands_once_in_a_file) {
  EXPECT_EQ(refusal("[http]\nlisten = [\"0.0.0.0:80\", \"127.0.0.1:80\"]\n"),
            "node.toml:2: http.listen: found \"127.0.0.1:80\"; allowed:"
            " addresses that do not overlap, as it does with"
            " \"0.0.0.0:80\"");
  EXPECT_EQ(
      refusal("[http]\nlisten = \"unix:/a/b\"\n"
              "[internal]\nlisten = [\"127.0.0.1:1\", \"unix:/a/./b\"]\n"),
      "node.toml:4: internal.listen: found \"unix:/a/b\"; allowed: an"
      " address other than http.listen, which is \"unix:/a/b\"");
  EXPECT_EQ(refusal("[http]\nlisten = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\n"),
            "accepted");
}

TEST(socket_address_test, is_not_a_word_alone) {
  const std::string allowed =
      "; allowed: \"host:port\", an IPv6 host in brackets, \"unix:PATH\", or an"
      " array of up to 16 such";
  EXPECT_EQ(refusal("[internal]\nlisten = []\n"),
            "node.toml:2: internal.listen: found an empty array" + allowed);
  EXPECT_EQ(refusal("[http]\nlisten = [\"127.0.0.1:80\", 80]\n"),
            "node.toml:2: http.listen: found 80" + allowed);
  EXPECT_EQ(refusal("[http]\nlisten = \"unix:\"\n"),
            "node.toml:2: http.listen: found \"unix:\"" + allowed);
  EXPECT_EQ(refusal("[http]\nlisten = 80\n"),
            "node.toml:2: http.listen: found 80" + allowed);
  std::string many;
  for (int i = 1; i <= 17; ++i)
    many += "\"127.0.0.1:" + std::to_string(i) + "\",";
  EXPECT_EQ(refusal("[http]\nlisten = [" + many + "]\n"),
            "node.toml:2: http.listen: found 17 addresses" + allowed);
}

TEST(trusted_proxies_test, has_networks_and_unix_sockets) {
  const auto config = parse(
      "[http]\ntrusted_proxies = [\"10.0.0.0/8\", \"unix:\"]\n", "node.toml");
  EXPECT_EQ(config.http.trusted_proxies.networks.size(), 1U);
  EXPECT_TRUE(config.http.trusted_proxies.unix_peers);
  EXPECT_FALSE(parse("", "node.toml").http.trusted_proxies.unix_peers);
  EXPECT_EQ(refusal("[http]\ntrusted_proxies = [\"unix:/run/a\"]\n"),
            "node.toml:2: http.trusted_proxies: found \"unix:/run/a\"; allowed:"
            " an array of addresses and networks, such as \"10.0.0.0/8\" or"
            " \"2001:db8::1\", and \"unix:\"");
}

} // namespace config
