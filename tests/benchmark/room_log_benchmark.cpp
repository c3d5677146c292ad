#include "actors/room/room_log.hpp"
#include "tests/benchmark/samples.hpp"

#include <benchmark/benchmark.h>
#include <chrono>

namespace {

constexpr actors::unix_time start{std::chrono::hours{400'000}};

config::channel_options with_history(std::uint32_t size) {
  config::channel_options out;
  out.history_size = size;
  out.history_ttl = std::chrono::hours{1};
  return out;
}

/// Publishes to a room: publications that it keeps.
void publish_to_log(benchmark::State& state) {
  const auto options = with_history(static_cast<std::uint32_t>(state.range(0)));
  auto epochs = actors::random_epochs(1);
  actors::room_log log{options, {}, epochs, start};
  const auto data = sample_data();
  auto time = start;
  for (auto _ : state) {
    roost::link::Publish request;
    request.set_data(data);
    time += std::chrono::milliseconds{1};
    benchmark::DoNotOptimize(log.publish(request, time));
    log.expire(time, true);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(publish_to_log)->Arg(0)->Arg(100)->Arg(10'000);

/// Collects what somebody missed: publications.
void recover_from_log(benchmark::State& state) {
  const auto options = with_history(1'000);
  auto epochs = actors::random_epochs(1);
  actors::room_log log{options, {}, epochs, start};
  for (int i = 0; i < 1'000; ++i) {
    roost::link::Publish request;
    request.set_data(sample_data());
    log.publish(request, start);
  }
  const actors::room_log::position since{
      log.epoch(), log.offset() - static_cast<std::uint64_t>(state.range(0))};
  for (auto _ : state)
    if (!log.recover(since).continued)
      state.SkipWithError("what is still there was not recovered");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(recover_from_log)->Arg(1)->Arg(300);

} // namespace
