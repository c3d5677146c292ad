#pragma once

#include <cstdint>

namespace proto {

/// Notices when Protobuf, on this thread, meets a `string` field that is not
/// UTF-8. It refuses to read such a message but writes it all the same, and
/// says so in its log alone: whoever receives it can't read it.
///
///     const text_watch watch;
///     message.SerializeToString(&bytes);
///     if (watch.saw_bad_text())
///       refuse(message);
///
/// From the first one on, Protobuf's log lines about such fields are dropped:
/// a client could fill the log with them.
class text_watch {
public:
  text_watch() noexcept;

  /// Whether there was one since this watch was made.
  bool saw_bad_text() const noexcept;

private:
  std::uint64_t before_;
};

} // namespace proto
