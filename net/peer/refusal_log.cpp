#include "net/peer/refusal_log.hpp"

#include <spdlog/logger.h>

#include <utility>

namespace net::peer {

namespace {

/// What an operator must mend is a warning; what any stranger can cause, and
/// what a port check of a load balancer causes, is not.
spdlog::level::level_enum level_of(refusal_reason reason, bool dialled) {
  switch (reason) {
  case refusal_reason::stopping:
  case refusal_reason::unreachable:
    return spdlog::level::debug;
  case refusal_reason::closed:
    return dialled ? spdlog::level::warn : spdlog::level::debug;
  case refusal_reason::junk:
  case refusal_reason::timeout:
  case refusal_reason::crowded:
    return dialled ? spdlog::level::warn : spdlog::level::info;
  default:
    return spdlog::level::warn;
  }
}

} // namespace

refusal_log::refusal_log(asio::io_context& io,
                         std::shared_ptr<spdlog::logger> log,
                         std::chrono::milliseconds window,
                         std::uint64_t lines_a_window)
    : io_(io), log_(std::move(log)), window_(window), lines_(lines_a_window) {}

void refusal_log::add(refusal_reason reason, bool dialled,
                      const std::string& sentence) {
  auto& of = series_[static_cast<std::size_t>(reason)];
  auto level = level_of(reason, dialled);
  of.level = level;
  if (of.seen++ < lines_)
    log_->log(level, "{}", sentence);
  if (of.end)
    return;
  of.end = std::make_unique<asio::steady_timer>(io_, window_);
  of.end->async_wait([this, reason](const error_code& ec) {
    if (!ec)
      close_window(reason);
  });
}

void refusal_log::close_window(refusal_reason reason) {
  auto& of = series_[static_cast<std::size_t>(reason)];
  if (of.seen > lines_)
    log_->log(static_cast<spdlog::level::level_enum>(of.level),
              "cluster port: {} more handshakes failed in {} s ({})",
              of.seen - lines_, std::chrono::duration<double>(window_).count(),
              to_string(reason));
  of = {};
}

} // namespace net::peer
