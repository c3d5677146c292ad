#include "actors/cluster/link/link_stream.hpp"
#include "tests/benchmark/samples.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

namespace {

actors::deliver_remote sample_events(std::size_t publications) {
  auto events = std::make_shared<actors::room_events>();
  events->room = "chat:lobby";
  for (std::size_t i = 0; i < publications; ++i) {
    actors::room_event event;
    event.publication = std::make_shared<const roost::client::Publication>(
        sample_publication(i + 1));
    events->events.push_back(std::move(event));
  }
  return {1, events};
}

constexpr int frames_a_round = 64;

/// Packs events for a peer into batches: publications in each message.
void pack_events(benchmark::State& state) {
  const auto events = sample_events(static_cast<std::size_t>(state.range(0)));
  actors::outgoing_stream out;
  for (auto _ : state) {
    for (int i = 0; i < frames_a_round; ++i)
      out.append(events, false);
    while (!out.empty())
      benchmark::DoNotOptimize(out.take_batch());
  }
  state.SetItemsProcessed(state.iterations() * frames_a_round * state.range(0));
}
BENCHMARK(pack_events)->Arg(1)->Arg(16);

/// Takes them apart on the other side.
void unpack_events(benchmark::State& state) {
  actors::outgoing_stream out;
  for (int i = 0; i < frames_a_round; ++i)
    out.append(sample_events(static_cast<std::size_t>(state.range(0))), false);
  std::vector<std::string> batches;
  while (!out.empty())
    batches.push_back(out.take_batch());
  for (auto _ : state) {
    actors::incoming_stream in;
    int frames = 0;
    for (const auto& batch : batches) {
      in.feed(batch);
      while (in.next())
        ++frames;
    }
    if (frames != frames_a_round)
      state.SkipWithError("a frame was lost");
  }
  state.SetItemsProcessed(state.iterations() * frames_a_round * state.range(0));
}
BENCHMARK(unpack_events)->Arg(1)->Arg(16);

} // namespace
