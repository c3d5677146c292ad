#include "proto/client_codec.hpp"
#include "proto/push_codec.hpp"
#include "tests/benchmark/samples.hpp"

#include <benchmark/benchmark.h>

namespace {

/// Reads publish commands: format, commands in the message.
void read_commands(benchmark::State& state) {
  const auto format = format_of(state.range(0));
  const auto count = static_cast<std::size_t>(state.range(1));
  const auto bytes = sample_commands(format, count);
  roost::client::Command command;
  for (auto _ : state) {
    proto::command_reader reader{format, bytes};
    std::size_t read = 0;
    while (reader.next(command) == proto::command_reader::status::ok)
      ++read;
    if (read != count)
      state.SkipWithError("a command was not read");
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
}
BENCHMARK(read_commands)->ArgsProduct({{0, 1}, {1, 16}});

/// Writes what a subscriber gets: format.
void write_push(benchmark::State& state) {
  const auto format = format_of(state.range(0));
  const auto publication = sample_publication(123'456);
  std::string out;
  for (auto _ : state) {
    out.clear();
    proto::append_publication_push(format, {"chat:lobby"}, publication, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_push)->Arg(0)->Arg(1);

/// Writes an answer: format.
void write_reply(benchmark::State& state) {
  const auto format = format_of(state.range(0));
  roost::client::Reply reply;
  reply.set_id(7);
  reply.mutable_rpc()->set_data(sample_data());
  std::string out;
  for (auto _ : state) {
    out.clear();
    proto::append_reply(format, reply, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_reply)->Arg(0)->Arg(1);

} // namespace
