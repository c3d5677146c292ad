#pragma once

namespace actors {

/// What a subscription has beside the publications of its room; also what a
/// client asks for.
struct subscription_features {
  bool positioned = false;      ///< It is told of holes in the stream.
  bool recoverable = false;     ///< Implies positioned; the reply says so.
  bool presence = false;        ///< It stands in the presence table.
  bool announce = false;        ///< The room is told that it comes and goes.
  bool push_join_leave = false; ///< It is told who comes and goes.
  bool compaction = false;      ///< It takes numbers in place of names.

  bool operator==(const subscription_features&) const = default;
};

} // namespace actors
