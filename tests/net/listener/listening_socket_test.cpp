#include "net/listening_socket.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sys/stat.h>

namespace net {

namespace {

namespace fs = std::filesystem;

struct listening_socket_test : testing::Test {
  listening_socket_test() {
    auto form = (fs::temp_directory_path() / "roost-XXXXXX").string();
    folder = mkdtemp(form.data());
  }
  ~listening_socket_test() override { fs::remove_all(folder); }

  fs::path path() const { return folder / "roost.sock"; }
  config::socket_address address() const { return {{}, path().string()}; }

  /// Why nobody can listen there; nothing when somebody could.
  error_code refusal(const config::socket_address& where) {
    try {
      const listening_socket made{io, where};
      return {};
    } catch (const boost::system::system_error& e) {
      return e.code();
    }
  }

  /// Leaves the file of a socket that nobody listens at.
  void leave_file() {
    asio::local::stream_protocol::socket gone{io};
    gone.open();
    gone.bind({path().string()});
  }

  asio::io_context io;
  fs::path folder;
};

} // namespace

TEST_F(listening_socket_test, says_which_port_the_kernel_picked) {
  listening_socket made{io, {{"127.0.0.1", 0}, {}}};
  const auto port = config::parse_address(made.text())->port;
  EXPECT_NE(port, 0);
  EXPECT_EQ(refusal({{"127.0.0.1", port}, {}}),
            boost::system::errc::address_in_use);
}

TEST_F(listening_socket_test, accepts_at_a_path) {
  listening_socket made{io, address()};
  EXPECT_EQ(made.text(), "unix:" + path().string());
  asio::local::stream_protocol::socket client{io};
  client.connect({path().string()});
  EXPECT_EQ(made.socket().accept().local_endpoint().protocol().family(),
            AF_UNIX);
}

TEST_F(listening_socket_test, takes_its_file_with_it) {
  std::optional<listening_socket> made;
  made.emplace(io, address());
  EXPECT_TRUE(fs::exists(path()));
  made.reset();
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(listening_socket_test, replaces_the_file_of_a_process_that_ended) {
  leave_file();
  ASSERT_TRUE(fs::is_socket(path()));
  EXPECT_EQ(refusal(address()), error_code{});
}

TEST_F(listening_socket_test, leaves_a_path_to_who_listens_there) {
  const listening_socket first{io, address()};
  EXPECT_EQ(refusal(address()), boost::system::errc::address_in_use);
  EXPECT_TRUE(fs::exists(path()));
}

TEST_F(listening_socket_test, leaves_a_file_that_is_no_socket) {
  std::ofstream{path()} << "precious";
  EXPECT_EQ(refusal(address()), boost::system::errc::not_a_socket);
  EXPECT_TRUE(fs::is_regular_file(path()));
}

TEST_F(listening_socket_test, leaves_a_file_that_came_after_its_own) {
  std::optional<listening_socket> made;
  made.emplace(io, address());
  fs::remove(path());
  std::ofstream{path()} << "somebody else's";
  made.reset();
  EXPECT_TRUE(fs::exists(path()));
}

TEST_F(listening_socket_test, refuses_a_folder_that_is_not_there) {
  EXPECT_EQ(refusal({{}, (folder / "none" / "roost.sock").string()}),
            boost::system::errc::no_such_file_or_directory);
}

TEST_F(listening_socket_test, leaves_who_may_connect_to_the_umask) {
  const auto before = umask(0027);
  const listening_socket made{io, address()};
  umask(before);
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms{0750});
}

} // namespace net
