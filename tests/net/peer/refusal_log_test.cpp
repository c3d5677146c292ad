#include "net/peer/refusal_log.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace {

using namespace net::peer;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class refusal_log_test : public testing::Test {
protected:
  refusal_log_test() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(text);
    sink->set_pattern("%l %v");
    logger = std::make_shared<spdlog::logger>("test", sink);
  }

  std::ostringstream text;
  std::shared_ptr<spdlog::logger> logger;
  boost::asio::io_context io;
};

TEST_F(refusal_log_test, counts_what_comes_after_the_first_lines) {
  refusal_log log{io, logger, 10ms, 2};
  for (auto i = 0; i < 2000; ++i)
    log.add(refusal_reason::junk, false, "junk came");
  log.add(refusal_reason::secret, true, "the secret does not match");
  EXPECT_EQ(text.str(), "info junk came\ninfo junk came\n"
                        "warning the secret does not match\n");
  io.run();
  EXPECT_THAT(text.str(), HasSubstr("1998 more handshakes failed"));
  EXPECT_THAT(text.str(), Not(HasSubstr("(secret)")));
}

TEST_F(refusal_log_test, says_it_again_in_the_next_window) {
  refusal_log log{io, logger, 10ms, 1};
  log.add(refusal_reason::secret, true, "first");
  io.run();
  log.add(refusal_reason::secret, true, "second");
  EXPECT_THAT(text.str(), HasSubstr("second"));
}

} // namespace
