#include "net/load/delta_reader.hpp"

#include "proto/client.pb.h"
#include "proto/fossil_delta.hpp"
#include "proto/json_codec.hpp"

#include <optional>

namespace net::load {

namespace {

constexpr std::size_t max_payload = 64 << 20;

std::optional<std::string> payload_of(std::string_view push,
                                      const shared_text& base) {
  roost::client::Reply reply;
  if (proto::parse_json(push, reply) || !reply.push().has_pub())
    return std::nullopt;
  const auto& publication = reply.push().pub();
  // The data of such a subscription is a string of JSON; this message has one.
  roost::client::EmulationText text;
  if (proto::parse_json(R"({"data":)" + publication.data() + "}", text))
    return std::nullopt;
  if (!publication.delta())
    return text.data();
  if (!base)
    return std::nullopt;
  return proto::apply_fossil_delta(*base, text.data(), max_payload);
}

} // namespace

shared_text delta_reader::read(std::string_view push, const shared_text& base) {
  const std::pair<const shared_text&, std::string_view> asked{base, push};
  if (const auto* known = made_.find(asked))
    return *known;
  auto made = payload_of(push, base);
  if (!made)
    return nullptr;
  return made_.put({base, std::string{push}},
                   std::make_shared<const std::string>(std::move(*made)));
}

} // namespace net::load
