#include "actors/room/audience/fan_out.hpp"
#include "tests/benchmark/samples.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

namespace {

/// Encodes what waits in a room for one kind of subscriber: format,
/// publications.
void encode_events(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(1));
  auto batch = std::make_shared<actors::room_events>();
  batch->room = "chat:lobby";
  for (std::size_t i = 0; i < count; ++i) {
    actors::room_event event;
    event.publication = std::make_shared<const roost::client::Publication>(
        sample_publication(i + 1));
    batch->events.push_back(std::move(event));
  }
  const std::vector<actors::event_slice> waiting{{batch, 0, count}};
  actors::push_variant variant;
  variant.format = format_of(state.range(0));
  proto::frame_builder builder;
  for (auto _ : state) {
    actors::fan_out out{builder, batch->room, 1, waiting};
    if (out.of(variant).publications != count)
      state.SkipWithError("a publication was not encoded");
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
}
BENCHMARK(encode_events)->ArgsProduct({{0, 1}, {1, 16, 256}});

} // namespace
