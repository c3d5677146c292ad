#pragma once

#include "actors/client/api/api.hpp"
#include "proto/errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace google::protobuf {
class Message;
}

namespace actors {

/// Turns what an admin method has found into the response. Exactly one of its
/// functions is called, once.
class admin_answer {
public:
  explicit admin_answer(api::on_done done) : done_(std::move(done)) {}

  void result(const google::protobuf::Message& message) const;
  void error(std::uint32_t code, std::string_view message = {}) const;
  void error(proto::errc code, std::string_view message = {}) const;
  /// The body could not be read.
  void unreadable(std::string why) const;
  void unknown(std::string_view method) const;

private:
  api::on_done done_;
};

} // namespace actors
