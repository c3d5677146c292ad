#include "proto/api.pb.h"
#include "proto/client.pb.h"

#include <gtest/gtest.h>

// The numbers of all fields, written down a second time: they are the contract
// with clients that exist, and must never change by accident.

namespace proto {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

struct expectation {
  std::string_view message;
  /// `number name type`, separated by commas, in the order of numbers.
  std::string_view fields;
};

std::string type_of(const FieldDescriptor* field) {
  if (field->is_map())
    return "map<" + type_of(field->message_type()->map_key()) + ' '
           + type_of(field->message_type()->map_value()) + '>';
  std::string name = field->type() == FieldDescriptor::TYPE_MESSAGE
                         ? field->message_type()->name()
                         : field->type_name();
  return field->is_repeated() ? "repeated " + name : name;
}

std::string fields_of(const Descriptor* type) {
  std::string out;
  for (int i = 0; i < type->field_count(); ++i) {
    auto* field = type->field(i);
    if (i > 0)
      out += ", ";
    out += std::to_string(field->number()) + ' ' + field->name() + ' '
           + type_of(field);
  }
  return out;
}

constexpr expectation client_messages[] = {
    {"Command", "1 id uint32, 4 connect ConnectRequest, "
                "5 subscribe SubscribeRequest, "
                "6 unsubscribe UnsubscribeRequest, 7 publish PublishRequest, "
                "8 presence PresenceRequest, "
                "9 presence_stats PresenceStatsRequest, "
                "10 history HistoryRequest, 11 ping PingRequest, "
                "12 send SendRequest, 13 rpc RPCRequest, "
                "14 refresh RefreshRequest, 15 sub_refresh SubRefreshRequest"},
    {"Reply", "1 id uint32, 2 error Error, 4 push Push, "
              "5 connect ConnectResult, 6 subscribe SubscribeResult, "
              "7 unsubscribe UnsubscribeResult, 8 publish PublishResult, "
              "9 presence PresenceResult, "
              "10 presence_stats PresenceStatsResult, "
              "11 history HistoryResult, 12 ping PingResult, "
              "13 rpc RPCResult, 14 refresh RefreshResult, "
              "15 sub_refresh SubRefreshResult"},
    {"Error", "1 code uint32, 2 message string, 3 temporary bool"},
    {"Push", "1 id int64, 2 channel string, 4 pub Publication, 5 join Join, "
             "6 leave Leave, 7 unsubscribe Unsubscribe, 8 message Message, "
             "9 subscribe Subscribe, 10 connect Connect, "
             "11 disconnect Disconnect, 12 refresh Refresh"},
    {"ClientInfo", "1 user string, 2 client string, 3 conn_info bytes, "
                   "4 chan_info bytes"},
    {"Publication", "4 data bytes, 5 info ClientInfo, 6 offset uint64, "
                    "7 tags map<string string>, 8 delta bool, 9 time int64, "
                    "10 channel string, 11 key string, 12 removed bool, "
                    "13 score sint64, 14 epoch string, 15 prev_data bytes, "
                    "16 version uint64"},
    {"Join", "1 info ClientInfo"},
    {"Leave", "1 info ClientInfo"},
    {"Unsubscribe", "2 code uint32, 3 reason string"},
    {"Message", "1 data bytes"},
    {"Refresh", "1 expires bool, 2 ttl uint32"},
    {"Disconnect", "1 code uint32, 2 reason string, 3 reconnect bool"},
    {"Subscribe", "1 recoverable bool, 4 epoch string, 5 offset uint64, "
                  "6 positioned bool, 7 data bytes"},
    {"Connect", "1 client string, 2 version string, 3 data bytes, "
                "4 subs map<string SubscribeResult>, 5 expires bool, "
                "6 ttl uint32, 7 ping uint32, 8 pong bool, 9 session string, "
                "10 node string, 11 time int64"},
    {"ConnectRequest", "1 token string, 2 data bytes, "
                       "3 subs map<string SubscribeRequest>, 4 name string, "
                       "5 version string, 6 headers map<string string>, "
                       "7 flag int64, 8 dict string, 9 profile string"},
    {"SubscribeRequest",
     "1 channel string, 2 token string, 3 recover bool, 6 epoch string, "
     "7 offset uint64, 8 data bytes, 9 positioned bool, 10 recoverable bool, "
     "11 join_leave bool, 12 delta string, 13 tf FilterNode, 14 flag int64, "
     "15 type int32, 16 phase int32, 17 cursor string, 18 limit int32, "
     "19 asc bool"},
    {"UnsubscribeRequest", "1 channel string"},
    {"PublishRequest", "1 channel string, 2 data bytes, 3 type int32, "
                       "4 key string, 5 removed bool"},
    {"PresenceRequest", "1 channel string"},
    {"PresenceStatsRequest", "1 channel string"},
    {"StreamPosition", "1 offset uint64, 2 epoch string"},
    {"HistoryRequest", "1 channel string, 7 limit int32, "
                       "8 since StreamPosition, 9 reverse bool"},
    {"PingRequest", ""},
    {"SendRequest", "1 data bytes"},
    {"RPCRequest", "1 data bytes, 2 method string"},
    {"RefreshRequest", "1 token string"},
    {"KeyedItem", "1 key string, 2 version uint64"},
    {"TrackBatch", "1 signature string, 2 items repeated KeyedItem"},
    {"SubRefreshRequest",
     "1 channel string, 2 token string, 3 type int32, "
     "4 track repeated TrackBatch, 5 untrack repeated string"},
    {"Dictionary", "1 id string, 2 data bytes, 3 data_b64 string"},
    {"ConnectResult",
     "1 client string, 2 version string, 3 expires bool, 4 ttl uint32, "
     "5 data bytes, 6 subs map<string SubscribeResult>, 7 ping uint32, "
     "8 pong bool, 9 session string, 10 node string, 11 time int64, "
     "12 flag int64, 13 dict Dictionary"},
    {"RefreshResult",
     "1 client string, 2 version string, 3 expires bool, 4 ttl uint32"},
    {"SubscribeResult",
     "1 expires bool, 2 ttl uint32, 3 recoverable bool, 6 epoch string, "
     "7 publications repeated Publication, 8 recovered bool, "
     "9 offset uint64, 10 positioned bool, 11 data bytes, "
     "12 was_recovering bool, 13 delta bool, 14 id int64, 15 type int32, "
     "16 phase int32, 17 cursor string, 18 state repeated Publication, "
     "19 publish_debounce uint32"},
    {"SubRefreshResult",
     "1 expires bool, 2 ttl uint32, 3 items repeated Publication"},
    {"EmulationRequest", "1 node string, 2 session string, 3 data bytes"},
    {"EmulationText", "1 node string, 2 session string, 3 data string"},
    {"PollRequest", "1 node string, 2 session string, 3 open string, "
                    "4 poll uint32, 5 send uint32, 6 close bool"},
    {"PollAnswer", "1 node string, 2 session string, 3 limit uint32, "
                   "4 wait_ms uint32, 5 number uint32, 6 code uint32, "
                   "7 reason string"},
    {"UnsubscribeResult", ""},
    {"PublishResult", ""},
    {"PingResult", ""},
    {"PresenceResult", "1 presence map<string ClientInfo>"},
    {"PresenceStatsResult", "1 num_clients uint32, 2 num_users uint32"},
    {"HistoryResult", "1 publications repeated Publication, 2 epoch string, "
                      "3 offset uint64"},
    {"RPCResult", "1 data bytes"},
    {"FilterNode", "1 op string, 2 key string, 3 cmp string, 4 val string, "
                   "5 vals repeated string, 6 nodes repeated FilterNode"},
};

constexpr expectation api_messages[] = {
    {"PublishRequest", "1 channel string, 2 data bytes, 3 b64data bytes, "
                       "4 skip_history bool, 5 tags map<string string>, "
                       "6 idempotency_key string, 7 delta bool, "
                       "8 version uint64, 9 version_epoch string"},
    {"PublishResult", "1 offset uint64, 2 epoch string"},
    {"BroadcastRequest",
     "1 channels repeated string, 2 data bytes, 3 b64data bytes, "
     "4 skip_history bool, 5 tags map<string string>, "
     "6 idempotency_key string, 7 delta bool, 8 version uint64, "
     "9 version_epoch string"},
    {"BroadcastResult", "1 responses repeated PublishResponse"},
    {"SubscribeRequest",
     "1 channel string, 2 user string, 3 expire_at int64, 4 info bytes, "
     "5 b64info bytes, 6 client string, 7 data bytes, 8 b64data bytes, "
     "9 recover_since StreamPosition, 10 override SubscribeOptionOverride, "
     "11 session string"},
    {"UnsubscribeRequest",
     "1 channel string, 2 user string, 3 client string, 4 session string"},
    {"DisconnectRequest",
     "1 user string, 2 disconnect Disconnect, 3 client string, "
     "4 whitelist repeated string, 5 session string"},
    {"Disconnect", "1 code uint32, 2 reason string"},
    {"RefreshRequest",
     "1 user string, 2 client string, 3 expired bool, 4 expire_at int64, "
     "5 info bytes, 6 session string"},
    {"PresenceResult", "1 presence map<string ClientInfo>"},
    {"ClientInfo", "1 user string, 2 client string, 3 conn_info bytes, "
                   "4 chan_info bytes"},
    {"PresenceStatsResult", "1 num_clients uint32, 2 num_users uint32"},
    {"HistoryRequest", "1 channel string, 2 limit int32, "
                       "3 since StreamPosition, 4 reverse bool"},
    {"StreamPosition", "1 offset uint64, 2 epoch string"},
    {"HistoryResult", "1 publications repeated Publication, 2 epoch string, "
                      "3 offset uint64"},
    {"Publication", "2 data bytes, 3 info ClientInfo, 4 offset uint64, "
                    "5 tags map<string string>"},
    {"HistoryRemoveRequest", "1 channel string"},
    {"ChannelsRequest", "1 pattern string"},
    {"ChannelsResult", "1 channels map<string ChannelInfo>"},
    {"ChannelInfo", "1 num_clients uint32"},
    {"InfoResult", "1 nodes repeated NodeResult"},
    {"NodeResult",
     "1 uid string, 2 name string, 3 version string, 4 num_clients uint32, "
     "5 num_users uint32, 6 num_channels uint32, 7 uptime uint32, "
     "8 metrics Metrics, 9 process Process, 10 num_subs uint32"},
    {"RPCRequest", "1 method string, 2 params bytes"},
    {"RPCResult", "1 data bytes"},
    {"BatchRequest", "1 commands repeated Command, 2 parallel bool"},
};

TEST(field_numbers_test, of_the_client_protocol) {
  auto* file = roost::client::Command::descriptor()->file();
  EXPECT_EQ(static_cast<std::size_t>(file->message_type_count()),
            std::size(client_messages));
  for (auto& [message, fields] : client_messages) {
    auto* type = file->FindMessageTypeByName(std::string{message});
    ASSERT_TRUE(type) << message;
    EXPECT_EQ(fields_of(type), fields) << message;
  }
}

TEST(field_numbers_test, of_the_server_api) {
  auto* file = roost::api::Command::descriptor()->file();
  for (auto& [message, fields] : api_messages) {
    auto* type = file->FindMessageTypeByName(std::string{message});
    ASSERT_TRUE(type) << message;
    EXPECT_EQ(fields_of(type), fields) << message;
  }
}

} // namespace
} // namespace proto
