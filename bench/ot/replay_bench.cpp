// Sequential traces replayed: edit by edit in code points, as changes, and with a snapshot kept of every version.
#include <benchmark/benchmark.h>

#include <deque>
#include <vector>

#include "ot/change_builder.hpp"
#include "ot/rope.hpp"
#include "traces.hpp"

namespace tutti::ot_bench {
namespace {

using ot_vectors::Patch;
using ot_vectors::Trace;

ot::Change change_at(const ot::Rope& rope, const Patch& patch, const Trace& trace) {
  ot::ChangeBuilder builder;
  const std::size_t begin = rope.utf16_from_code_points(patch.position);
  const std::size_t end = rope.utf16_from_code_points(patch.position + patch.erased);
  if (begin > 0) builder.retain(begin);
  if (patch.text_bytes > 0) builder.insert(trace.inserted(patch));
  if (end > begin) builder.erase(end - begin);
  return *builder.build();
}

void replay(benchmark::State& state, const char* name, std::size_t snapshots) {
  const Trace trace = load(name);
  for (auto _ : state) {
    ot::Rope rope;
    std::deque<ot::Rope> kept;
    for (const Patch& patch : trace.patches) {
      if (!rope.replace_code_points(patch.position, patch.erased, trace.inserted(patch))) std::abort();
      if (snapshots == 0) continue;
      kept.push_back(rope);
      if (kept.size() > snapshots) kept.pop_front();
    }
    state.PauseTiming();
    if (!(rope == trace.end_content)) state.SkipWithError("another text");
    state.ResumeTiming();
  }
}

// Each edit as a change, built and checked in place; positions are converted by the rope.
void replay_building(benchmark::State& state, const char* name) {
  const Trace trace = load(name);
  for (auto _ : state) {
    ot::Rope rope;
    for (const Patch& patch : trace.patches) {
      if (!rope.apply(change_at(rope, patch, trace))) std::abort();
    }
    benchmark::DoNotOptimize(rope.size_bytes());
  }
}

// Changes as they come from a log or a client's session, applied.
void replay_changes(benchmark::State& state, const char* name) {
  const Trace trace = load(name);
  std::vector<ot::Change> changes;
  ot::Rope first;
  for (const Patch& patch : trace.patches) {
    changes.push_back(change_at(first, patch, trace));
    if (!first.apply(changes.back())) std::abort();
  }
  for (auto _ : state) {
    ot::Rope rope;
    for (const ot::Change& change : changes) {
      if (!rope.apply(change)) std::abort();
    }
    benchmark::DoNotOptimize(rope.size_bytes());
  }
  if (!(first == trace.end_content)) state.SkipWithError("another text");
}

void register_all() {
  for (const char* name : {"automerge-paper", "rustcode", "sveltecomponent", "seph-blog1"}) {
    const std::string trace = name;
    const auto unit = benchmark::kMillisecond;
    benchmark::RegisterBenchmark(("replay/" + trace).c_str(), replay, name, 0)->Unit(unit);
    benchmark::RegisterBenchmark(("replay_changes/" + trace).c_str(), replay_changes, name)->Unit(unit);
    benchmark::RegisterBenchmark(("replay_building/" + trace).c_str(), replay_building, name)->Unit(unit);
    benchmark::RegisterBenchmark(("replay_snapshot_each_edit/" + trace).c_str(), replay, name, 16)->Unit(unit);
  }
}
const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace tutti::ot_bench
