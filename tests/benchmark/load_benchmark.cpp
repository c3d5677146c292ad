#include "net/load/histogram.hpp"
#include "net/load/protocol/protocol.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>

// The generator's own work for each delivery: it must not be what is measured.

namespace {

class counter final : public net::load::hearing {
public:
  void delivered(const char* payload) override {
    auto x = net::load::read_stamp(payload);
    latency.record(x.time);
    ++count;
  }
  void ready() override {}
  void refused(std::string) override {}
  void say(std::string_view) override {}

  net::load::histogram latency;
  std::int64_t count = 0;
};

/// Reads a message with pushes in JSON: pushes.
void read_pushes(benchmark::State& state) {
  net::load::payload_writer payload{128};
  std::string message;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    message += i == 0 ? "" : "\n";
    message += R"({"push":{"channel":"chat:lobby","pub":{"data":)";
    message += payload.write({0, static_cast<std::uint64_t>(i), 1'000'000});
    message += R"(,"offset":1234}}})";
  }
  auto speaks = net::load::make_roost_json();
  net::load::conversation talk;
  net::load::role as;
  counter heard;
  for (auto _ : state)
    speaks->read(talk, as, message, heard);
  if (heard.count
      != static_cast<std::int64_t>(state.iterations()) * state.range(0))
    state.SkipWithError("a push was not read");
  state.SetItemsProcessed(heard.count);
}
BENCHMARK(read_pushes)->Arg(1)->Arg(64);

} // namespace
