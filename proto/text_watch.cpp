#include "proto/text_watch.hpp"

#include <google/protobuf/stubs/logging.h>

#include <string>
#include <string_view>

namespace proto {

namespace {

using google::protobuf::LogHandler;
using google::protobuf::LogLevel;

constinit thread_local std::uint64_t bad_texts = 0;

LogHandler* log_otherwise = nullptr;

/// The file of Protobuf that checks text, and logs nothing else.
void take_log_line(LogLevel level, const char* file, int line,
                   const std::string& message) {
  if (std::string_view{file}.ends_with("wire_format_lite.cc"))
    ++bad_texts;
  else if (log_otherwise)
    log_otherwise(level, file, line, message);
}

} // namespace

text_watch::text_watch() noexcept : before_(bad_texts) {
  static const auto once = [] {
    log_otherwise = google::protobuf::SetLogHandler(&take_log_line);
    return true;
  }();
  static_cast<void>(once);
}

bool text_watch::saw_bad_text() const noexcept {
  return bad_texts != before_;
}

} // namespace proto
