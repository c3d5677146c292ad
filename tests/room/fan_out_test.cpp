#include "actors/room/audience/fan_out.hpp"
#include "tests/room/make_request.hpp"

#include <gmock/gmock.h>

namespace {

using actors::event_slice;
using actors::fan_out;
using actors::push_variant;
using proto::wire_format;
using testing::SizeIs;

const std::string room = "chat:lobby";
constexpr std::int64_t number = 7;

std::shared_ptr<actors::room_events> batch() {
  auto result = std::make_shared<actors::room_events>();
  result->room = room;
  return result;
}

void add_publication(actors::room_events& to, const std::string& data,
                     std::uint64_t offset) {
  auto made = std::make_shared<roost::client::Publication>();
  made->set_data(data);
  made->set_offset(offset);
  to.events.push_back({std::move(made), nullptr, nullptr});
}

void add_join(actors::room_events& to) {
  to.events.push_back({nullptr,
                       std::make_shared<roost::client::ClientInfo>(
                           room_test::client("c1", "ann")),
                       nullptr});
}

std::vector<event_slice> all_of(std::shared_ptr<actors::room_events> events) {
  const auto size = events->events.size();
  return {{std::move(events), 0, size}};
}

class fan_out_test : public testing::Test {
protected:
  proto::frame_builder builder;
};

TEST_F(fan_out_test, puts_the_pushes_of_a_turn_into_one_frame) {
  auto events = batch();
  add_publication(*events, "1", 1);
  add_publication(*events, "2", 2);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  const auto& json = encoder.of({wire_format::json, false, false});
  ASSERT_THAT(json.frames, SizeIs(1));
  EXPECT_EQ(json.frames[0]->payload(),
            R"({"push":{"channel":"chat:lobby","pub":{"data":1,"offset":1}}})"
            "\n"
            R"({"push":{"channel":"chat:lobby","pub":{"data":2,"offset":2}}})");
  EXPECT_EQ(json.publications, 2u);
}

TEST_F(fan_out_test, encodes_once_for_each_variant) {
  auto events = batch();
  add_publication(*events, "1", 1);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  const auto frame = encoder.of({wire_format::json, false, false}).frames[0];
  EXPECT_EQ(encoder.of({wire_format::json, false, false}).frames[0], frame);
  EXPECT_EQ(encoder.frames_made(), 1u);
  encoder.of({wire_format::protobuf, false, false});
  EXPECT_EQ(encoder.frames_made(), 2u);
}

TEST_F(fan_out_test, names_the_room_by_number_where_agreed) {
  auto events = batch();
  add_publication(*events, "1", 1);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  const auto& json = encoder.of({wire_format::json, true, false});
  EXPECT_EQ(json.frames[0]->payload(),
            R"({"push":{"id":7,"pub":{"data":1,"offset":1}}})");
}

TEST_F(fan_out_test, tells_of_joins_only_who_asked) {
  auto events = batch();
  add_join(*events);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  EXPECT_THAT(encoder.of({wire_format::json, false, false}).frames, SizeIs(0));
  const auto& told = encoder.of({wire_format::json, false, true});
  ASSERT_THAT(told.frames, SizeIs(1));
  EXPECT_EQ(told.joins, 1u);
  EXPECT_EQ(
      told.frames[0]->payload(),
      R"({"push":{"channel":"chat:lobby","join":{"info":{"user":"ann","client":"c1"}}}})");
}

TEST_F(fan_out_test, gives_json_what_it_cannot_say_as_base64) {
  auto events = batch();
  add_publication(*events, "1", 1);
  add_publication(*events, "\xff", 2);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  const auto& json = encoder.of({wire_format::json, false, false});
  ASSERT_THAT(json.frames, SizeIs(1));
  EXPECT_EQ(json.frames[0]->payload(),
            R"({"push":{"channel":"chat:lobby","pub":{"data":1,"offset":1}}})"
            "\n"
            R"({"push":{"channel":"chat:lobby","pub":{"data":"/w==",)"
            R"("offset":2,"tags":{"roost.encoding":"base64"}}}})");
}

TEST_F(fan_out_test, leaves_publications_out_for_who_gets_them_otherwise) {
  auto events = batch();
  add_publication(*events, "1", 1);
  add_join(*events);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  const auto& behind = encoder.of({wire_format::json, false, true, false});
  EXPECT_EQ(behind.publications, 0u);
  EXPECT_EQ(behind.joins, 1u);
  EXPECT_EQ(encoder.of({wire_format::json, false, true}).publications, 1u);
}

TEST_F(fan_out_test, bounds_the_pushes_of_a_frame) {
  auto events = batch();
  for (std::uint64_t i = 1; i <= 130; ++i)
    add_publication(*events, "1", i);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  EXPECT_THAT(encoder.of({wire_format::json, false, false}).frames, SizeIs(3));
}

TEST_F(fan_out_test, bounds_the_bytes_of_a_frame) {
  auto events = batch();
  const auto data = "\"" + std::string(40'000, 'x') + "\"";
  for (std::uint64_t i = 1; i <= 4; ++i)
    add_publication(*events, data, i);
  const auto slices = all_of(events);
  fan_out encoder{builder, room, number, slices};
  EXPECT_THAT(encoder.of({wire_format::json, false, false}).frames, SizeIs(2));
}

TEST_F(fan_out_test, takes_slices_in_order) {
  auto events = batch();
  for (std::uint64_t i = 1; i <= 4; ++i)
    add_publication(*events, std::to_string(i), 0);
  const std::vector<event_slice> slices{{events, 0, 1}, {events, 2, 4}};
  fan_out encoder{builder, room, number, slices};
  const auto& json = encoder.of({wire_format::json, true, false});
  EXPECT_EQ(json.frames[0]->payload(),
            "{\"push\":{\"id\":7,\"pub\":{\"data\":1}}}\n"
            "{\"push\":{\"id\":7,\"pub\":{\"data\":3}}}\n"
            "{\"push\":{\"id\":7,\"pub\":{\"data\":4}}}");
}

} // namespace
