#include "proto/api.pb.h"
#include "proto/client.pb.h"
#include "proto/json_codec.hpp"
#include "proto/options.pb.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>

namespace proto {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

void fill(Message& message, int depth);

std::string text_for(const FieldDescriptor* field, int n) {
  if (field->type() == FieldDescriptor::TYPE_STRING)
    return "\"\\\n\x7fü😀" + std::to_string(n);
  if (field->options().GetExtension(roost::json::base64))
    return std::string("\0\xff\n", 3) + std::to_string(n);
  return R"({"k":[1,"\n",{}],"n":)" + std::to_string(n) + "}";
}

/// Sets a field, or adds to it, as far from zero as its type allows.
void fill_field(Message& message, const FieldDescriptor* field, int depth,
                int n) {
  auto& use = *message.GetReflection();
  auto list = field->is_repeated();
  auto text = text_for(field, n);
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_BOOL:
    return use.SetBool(&message, field, true);
  case FieldDescriptor::CPPTYPE_INT32:
    return use.SetInt32(&message, field,
                        std::numeric_limits<std::int32_t>::min());
  case FieldDescriptor::CPPTYPE_INT64:
    return use.SetInt64(&message, field,
                        std::numeric_limits<std::int64_t>::min());
  case FieldDescriptor::CPPTYPE_UINT32:
    return use.SetUInt32(&message, field,
                         std::numeric_limits<std::uint32_t>::max());
  case FieldDescriptor::CPPTYPE_UINT64:
    return use.SetUInt64(&message, field,
                         std::numeric_limits<std::uint64_t>::max());
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return use.SetDouble(&message, field, -0.1e-9);
  case FieldDescriptor::CPPTYPE_STRING:
    return list ? use.AddString(&message, field, text)
                : use.SetString(&message, field, text);
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return fill(list ? *use.AddMessage(&message, field)
                     : *use.MutableMessage(&message, field),
                depth + 1);
  default:
    FAIL() << "no filling for " << field->full_name();
  }
}

void fill(Message& message, int depth) {
  auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    auto* field = type->field(i);
    // FilterNode holds FilterNodes.
    if (depth > 4 && field->message_type() == type)
      continue;
    fill_field(message, field, depth, 1);
    if (field->is_repeated() && !field->is_map())
      fill_field(message, field, depth, 2);
  }
}

void expect_round_trips(const Message& message) {
  std::unique_ptr<Message> again{message.New()};
  std::string json;
  ASSERT_TRUE(append_json(message, json));
  EXPECT_TRUE(is_json(json)) << json;
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(parse_json(json, *again), std::nullopt) << json;
  EXPECT_TRUE(MessageDifferencer::Equals(message, *again)) << json;
  std::string twice;
  EXPECT_TRUE(append_json(*again, twice));
  EXPECT_EQ(json, twice);
  EXPECT_TRUE(again->ParseFromString(message.SerializeAsString()));
  EXPECT_TRUE(MessageDifferencer::Equals(message, *again));
}

int expect_all_round_trip(const FileDescriptor* file) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  for (int i = 0; i < file->message_type_count(); ++i) {
    auto* type = file->message_type(i);
    SCOPED_TRACE(type->full_name());
    std::unique_ptr<Message> message{factory->GetPrototype(type)->New()};
    expect_round_trips(*message);
    fill(*message, 0);
    expect_round_trips(*message);
  }
  return file->message_type_count();
}

TEST(round_trip_test, every_client_message) {
  EXPECT_EQ(expect_all_round_trip(roost::client::Command::descriptor()->file()),
            46);
}

TEST(round_trip_test, every_api_message) {
  EXPECT_GT(expect_all_round_trip(roost::api::Command::descriptor()->file()),
            40);
}

} // namespace
} // namespace proto
