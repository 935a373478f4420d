// One flush of a busy document: single-character changes at random places, all on one base.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/random.hpp"
#include "ot/algebra.hpp"
#include "ot/batch.hpp"
#include "ot/change_builder.hpp"

namespace tutti::ot_bench {
namespace {

std::vector<ot::Change> typists(std::size_t count) {
  SeededRandom random(13);
  std::vector<ot::Change> changes;
  for (std::size_t i = 0; i < count; ++i) {
    changes.push_back(*ot::ChangeBuilder{}.retain(1 + random.below(100'000)).insert("x").build());
  }
  return changes;
}

// Every change moved over those before it, and all composed.
void flush(benchmark::State& state) {
  const auto changes = typists(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    ot::Batch batch;
    for (const ot::Change& change : changes) benchmark::DoNotOptimize(batch.add(change));
    benchmark::DoNotOptimize(batch.composed());
  }
}
BENCHMARK(flush)->Name("flush")->Arg(500)->Arg(10'000)->Unit(benchmark::kMicrosecond);

// The composition alone, of changes that stand on each other.
void compose_all(benchmark::State& state) {
  const auto changes = typists(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(compose(changes));
}
BENCHMARK(compose_all)->Name("compose")->Arg(500)->Arg(10'000)->Unit(benchmark::kMicrosecond);

void compose_in_batch(benchmark::State& state) {
  const auto changes = typists(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    ot::Batch batch;
    for (const ot::Change& change : changes) batch.push(change);
    benchmark::DoNotOptimize(batch.composed());
  }
}
BENCHMARK(compose_in_batch)->Name("compose_in_batch")->Arg(500)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tutti::ot_bench
