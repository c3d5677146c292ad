#include "net/log.hpp"

#include "net/printable.hpp"
#include "net/repeat_filter.hpp"
#include "proto/json_text.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace net {

namespace {

/// Within which a line is the same as the one before.
constexpr std::chrono::seconds repeat_period{10};

std::string json_text_of(std::string_view text) {
  std::string out;
  proto::append_quoted(printable(text), out);
  return out;
}

/// %J: the message, in which clients, backends and peers may have put anything,
/// as text of one line; as a JSON string where `json` is set.
class safe_message final : public spdlog::custom_flag_formatter {
public:
  explicit safe_message(bool json) : json_(json) {}

  void format(const spdlog::details::log_msg& line, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string_view payload{line.payload.data(), line.payload.size()};
    const auto text = json_ ? json_text_of(payload) : printable(payload);
    out.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<safe_message>(json_);
  }

private:
  bool json_;
};

/// A pattern takes % for itself.
std::string escaped(std::string text) {
  for (std::size_t i = 0; (i = text.find('%', i)) != std::string::npos; i += 2)
    text.insert(i, 1, '%');
  return text;
}

spdlog::level::level_enum level_of(config::log_level level) {
  switch (level) {
  case config::log_level::trace:
    return spdlog::level::trace;
  case config::log_level::debug:
    return spdlog::level::debug;
  case config::log_level::info:
    return spdlog::level::info;
  case config::log_level::warn:
    return spdlog::level::warn;
  case config::log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::info;
}

} // namespace

void set_up_log(const config::log_section& log, const std::string& node) {
  auto logger = std::make_shared<spdlog::logger>(
      "roost", std::make_shared<repeat_filter>(
                   std::make_shared<spdlog::sinks::stderr_color_sink_mt>(),
                   repeat_period));
  const bool json = log.format == config::log_format::json;
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<safe_message>('J', json);
  if (json) {
    formatter->set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","node":)"
        + escaped(json_text_of(node)) + R"(,"message":%J})");
  } else {
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ " + escaped(node)
                           + ": %J");
  }
  logger->set_formatter(std::move(formatter));
  logger->set_level(level_of(log.level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  spdlog::flush_every(repeat_period); // for what the filter has still to say
}

} // namespace net
