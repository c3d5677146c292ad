#pragma once

namespace actors {

/// What a subscription has beside the publications of its room; also what a
/// client asks for. One byte: there is one for each subscriber of a room.
struct subscription_features {
  bool positioned : 1 = false;  ///< It is told of holes in the stream.
  bool recoverable : 1 = false; ///< Implies positioned; the reply says so.
  bool presence : 1 = false;    ///< It stands in the presence table.
  bool announce : 1 = false;    ///< The room is told that it comes and goes.
  bool push_join_leave : 1 = false; ///< It is told who comes and goes.
  bool compaction : 1 = false;      ///< It takes numbers in place of names.
  bool delta : 1 = false; ///< It takes what a publication changes of the last.

  bool operator==(const subscription_features&) const = default;
};

} // namespace actors
