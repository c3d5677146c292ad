#pragma once

#include "actors/messages.hpp"
#include "proto/fossil_delta.hpp"
#include "proto/wire_format.hpp"

#include <string>
#include <string_view>

namespace actors {

/// Makes of publications, one after the other, what subscribers of one format
/// get that asked for deltas.
///
/// In JSON their data is always a string: the text that other JSON clients have
/// in its place, or the delta from the text before.
class delta_writer {
public:
  struct forms {
    publication_ptr whole;
    publication_ptr delta; ///< Null: it would not be smaller, or not UTF-8.
  };

  /// `encoder` outlives it. `before` is what subscribers have; may be null.
  delta_writer(proto::wire_format format, proto::fossil_encoder& encoder,
               const publication_ptr& before = nullptr);

  /// The delta is made if it is `wanted` and there is one before.
  forms next(const publication_ptr& publication, bool wanted);

private:
  /// Makes `text_` the text of `publication`; false if that is not its data.
  bool take(const publication_ptr& publication);

  proto::wire_format format_;
  proto::fossil_encoder* encoder_;
  publication_ptr before_;
  std::string json_;      ///< Of `before_`, for JSON.
  std::string_view text_; ///< Of `before_`.
};

} // namespace actors
