#include "actors/room/audience/delta_writer.hpp"

#include "proto/json_text.hpp"

#include <memory>
#include <utility>

namespace actors {

namespace {

using proto::wire_format;
using roost::client::Publication;

/// `from` with other data.
std::shared_ptr<Publication> with_data(const Publication& from,
                                       wire_format format,
                                       std::string_view data, bool encoded) {
  auto result = std::make_shared<Publication>(from);
  auto& out = *result->mutable_data();
  if (format == wire_format::json) {
    out.clear();
    proto::append_quoted(data, out);
  } else {
    out = data;
  }
  if (encoded) // the codec sees a string, which is JSON
    (*result->mutable_tags())[std::string{proto::encoding_tag}] =
        proto::base64_encoding;
  return result;
}

} // namespace

delta_writer::delta_writer(wire_format format, proto::fossil_encoder& encoder,
                           const publication_ptr& before)
    : format_(format), encoder_(&encoder) {
  if (before)
    take(before);
}

bool delta_writer::take(const publication_ptr& publication) {
  before_ = publication;
  if (format_ == wire_format::protobuf) {
    text_ = publication->data();
    return true;
  }
  json_.clear();
  const bool is_json = proto::append_embedded(publication->data(), json_);
  text_ = json_;
  return is_json;
}

delta_writer::forms delta_writer::next(const publication_ptr& publication,
                                       bool wanted) {
  const auto base_publication = before_; // keeps its data
  const auto base_json = std::exchange(json_, {});
  const std::string_view base =
      format_ == wire_format::json
          ? std::string_view{base_json}
          : (base_publication ? std::string_view{base_publication->data()}
                              : std::string_view{});
  const bool encoded = !take(publication);

  forms result;
  result.whole = format_ == wire_format::protobuf
                     ? publication
                     : with_data(*publication, format_, text_, encoded);
  if (!wanted || !base_publication)
    return result;
  const auto carried = format_ == wire_format::json ? proto::delta_text::utf8
                                                    : proto::delta_text::no;
  std::string delta;
  if (!encoder_->encode(base, text_, carried, delta))
    return result;
  auto made = with_data(*publication, format_, delta, encoded);
  made->set_delta(true);
  result.delta = std::move(made);
  return result;
}

} // namespace actors
