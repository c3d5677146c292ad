#include "net/repeat_filter.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace net {

namespace {

std::string_view text_of(const spdlog::details::log_msg& line) {
  return {line.payload.data(), line.payload.size()};
}

} // namespace

repeat_filter::repeat_filter(std::shared_ptr<spdlog::sinks::sink> next,
                             std::chrono::milliseconds period)
    : next_(std::move(next)), period_(period) {}

repeat_filter::~repeat_filter() {
  try {
    while (!lines_.empty())
      forget_oldest();
    next_->flush();
  } catch (...) { // nobody is left to be told
  }
}

void repeat_filter::log(const spdlog::details::log_msg& line) {
  const std::lock_guard lock{mutex_};
  forget_before(line.time - period_);
  const auto hash = std::hash<std::string_view>{}(text_of(line));
  if (auto* known = find(line, hash)) {
    ++known->repeated;
    return;
  }
  watch(line, hash);
  next_->log(line);
}

void repeat_filter::flush() {
  const std::lock_guard lock{mutex_};
  forget_before(spdlog::log_clock::now() - period_);
  next_->flush();
}

void repeat_filter::set_pattern(const std::string& pattern) {
  const std::lock_guard lock{mutex_};
  next_->set_pattern(pattern);
}

void repeat_filter::set_formatter(
    std::unique_ptr<spdlog::formatter> formatter) {
  const std::lock_guard lock{mutex_};
  next_->set_formatter(std::move(formatter));
}

repeat_filter::watched*
repeat_filter::find(const spdlog::details::log_msg& line, std::size_t hash) {
  const auto found = std::ranges::find_if(lines_, [&](const watched& x) {
    return x.hash == hash && x.size == line.payload.size()
           && x.level == line.level && text_of(line).starts_with(x.start);
  });
  return found == lines_.end() ? nullptr : &*found;
}

void repeat_filter::watch(const spdlog::details::log_msg& line,
                          std::size_t hash) {
  if (lines_.size() == max_lines)
    forget_oldest();
  lines_.push_back(
      {.hash = hash,
       .size = line.payload.size(),
       .level = line.level,
       .since = line.time,
       .logger = {line.logger_name.data(), line.logger_name.size()},
       .start = std::string{text_of(line).substr(0, max_said_again)}});
}

void repeat_filter::forget_before(time_point end) {
  while (!lines_.empty() && lines_.front().since <= end)
    forget_oldest();
}

void repeat_filter::forget_oldest() {
  const auto oldest = std::move(lines_.front());
  lines_.pop_front();
  if (oldest.repeated == 0)
    return;
  const auto text = oldest.start + " … repeated "
                    + std::to_string(oldest.repeated) + " times";
  next_->log(spdlog::details::log_msg{oldest.logger, oldest.level, text});
}

} // namespace net
