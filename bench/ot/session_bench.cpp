// The concurrent trace as a server session: every transaction is moved over what its author had not seen, applied,
// kept.
#include <benchmark/benchmark.h>

#include "ot_vectors/session.hpp"
#include "traces.hpp"

namespace tutti::ot_bench {
namespace {

void session(benchmark::State& state) {
  const auto trace = load("friendsforever");
  const auto steps = ot_vectors::session_steps(trace);
  std::size_t transforms = 0;
  for (auto _ : state) {
    ot_vectors::Session replayed;
    for (const auto& step : steps) replayed.commit(step);
    transforms = replayed.transforms();
    if (!(replayed.content() == trace.end_content)) state.SkipWithError("another text");
  }
  state.counters["transforms"] = static_cast<double>(transforms);
}
BENCHMARK(session)->Name("session/friendsforever")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tutti::ot_bench
