// One change moved over a long history: scattered one-character changes, and the last ones of a real document.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/random.hpp"
#include "ot/change_builder.hpp"
#include "ot/history.hpp"
#include "traces.hpp"

namespace tutti::ot_bench {
namespace {

ot::Change edit(std::size_t position, std::size_t erased, std::string_view text) {
  ot::ChangeBuilder builder;
  if (position > 0) builder.retain(position);
  if (!text.empty()) builder.insert(text);
  if (erased > 0) builder.erase(erased);
  return *builder.build();
}

ot::History scattered(std::size_t count) {
  SeededRandom random(7);
  ot::History history;
  for (std::size_t i = 0; i < count; ++i) history.push(edit(1 + random.below(100'000), 0, "x"));
  return history;
}

ot::History typed(std::size_t count) {
  const auto trace = load("automerge-paper");
  ot::History history;
  for (std::size_t i = trace.patches.size() - count; i < trace.patches.size(); ++i) {
    const auto& patch = trace.patches[i];
    history.push(edit(patch.position, patch.erased, trace.inserted(patch)));
  }
  return history;
}

// At a new place each time, from the oldest version; nodes are composed before.
void rebase(benchmark::State& state, ot::History history) {
  std::vector<ot::Change> changes;
  SeededRandom random(11);
  for (int i = 0; i < 256; ++i) changes.push_back(edit(1 + random.below(50'000), 2, "hello"));
  benchmark::DoNotOptimize(history.rebase(changes[0], 0, history.version()));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(history.rebase(changes[i++ % changes.size()], 0, history.version()));
  state.counters["node_bytes"] = static_cast<double>(history.memory_bytes());
}

// The same over everything composed into one.
void over_one(benchmark::State& state, ot::History history) {
  const ot::Composite all(history.span(0, history.version()));
  SeededRandom random(11);
  std::vector<ot::Change> changes;
  for (int i = 0; i < 256; ++i) changes.push_back(edit(1 + random.below(50'000), 2, "hello"));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(all.transform(changes[i++ % changes.size()]));
  state.counters["components"] = static_cast<double>(all.size());
}

void span(benchmark::State& state, ot::History history) {
  benchmark::DoNotOptimize(history.span(0, history.version()));
  for (auto _ : state) benchmark::DoNotOptimize(history.span(1, history.version()));
}

void first_span(benchmark::State& state, std::size_t count) {
  for (auto _ : state) {
    state.PauseTiming();
    ot::History history = scattered(count);
    state.ResumeTiming();
    benchmark::DoNotOptimize(history.span(0, history.version()));
  }
}

void register_all() {
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("rebase/scattered_10000", [](auto& state) { rebase(state, scattered(10'000)); });
  RegisterBenchmark("rebase/typed_100000", [](auto& state) { rebase(state, typed(100'000)); });
  RegisterBenchmark("over_one_composite/scattered_10000", [](auto& state) { over_one(state, scattered(10'000)); });
  RegisterBenchmark("over_one_composite/typed_100000", [](auto& state) { over_one(state, typed(100'000)); });
  const auto unit = benchmark::kMillisecond;
  RegisterBenchmark("catch_up/scattered_100000", [](auto& state) { span(state, scattered(100'000)); })->Unit(unit);
  RegisterBenchmark("catch_up/typed_100000", [](auto& state) { span(state, typed(100'000)); })->Unit(unit);
  RegisterBenchmark("compose_from_nothing/scattered_10000", [](auto& state) { first_span(state, 10'000); })->Unit(unit);
}
const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace tutti::ot_bench
