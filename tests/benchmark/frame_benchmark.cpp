#include "proto/frame.hpp"
#include "tests/benchmark/samples.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <vector>

namespace {

/// Makes a frame: bytes of its payload.
void make_frame(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state)
    benchmark::DoNotOptimize(
        proto::frame::make(proto::wire_format::json, payload));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(make_frame)->Arg(64)->Arg(1024)->Arg(64 * 1024);

/// Hands one frame to the queues of many: subscribers.
void share_frame(benchmark::State& state) {
  auto frame = proto::frame::make(proto::wire_format::json, sample_data());
  std::vector<proto::frame_ptr> queues(
      static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    for (auto& queue : queues)
      queue = frame;
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(share_frame)->Arg(1000);

} // namespace
