// Sequential traces replayed: edit by edit in code points, as changes, and with a snapshot kept of every version.
#include <benchmark/benchmark.h>

#include <deque>

#include "ot/change_builder.hpp"
#include "ot/rope.hpp"
#include "traces.hpp"

namespace tutti::ot_bench {
namespace {

using ot_vectors::Patch;
using ot_vectors::Trace;

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
  state.counters["ns/edit"] =
      benchmark::Counter(static_cast<double>(trace.patches.size()) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// The public apply: positions are converted by the rope, every change is built and checked.
void replay_changes(benchmark::State& state, const char* name) {
  const Trace trace = load(name);
  for (auto _ : state) {
    ot::Rope rope;
    for (const Patch& patch : trace.patches) {
      ot::ChangeBuilder builder;
      const std::size_t begin = rope.utf16_from_code_points(patch.position);
      const std::size_t end = rope.utf16_from_code_points(patch.position + patch.erased);
      if (begin > 0) builder.retain(begin);
      if (patch.text_bytes > 0) builder.insert(trace.inserted(patch));
      if (end > begin) builder.erase(end - begin);
      if (!rope.apply(*builder.build())) std::abort();
    }
    state.PauseTiming();
    if (!(rope == trace.end_content)) state.SkipWithError("another text");
    state.ResumeTiming();
  }
}

void register_all() {
  for (const char* name : {"automerge-paper", "rustcode", "sveltecomponent", "seph-blog1"}) {
    const std::string trace = name;
    const auto unit = benchmark::kMillisecond;
    benchmark::RegisterBenchmark(("replay/" + trace).c_str(), replay, name, 0)->Unit(unit);
    benchmark::RegisterBenchmark(("replay_changes/" + trace).c_str(), replay_changes, name)->Unit(unit);
    benchmark::RegisterBenchmark(("replay_snapshot_each_edit/" + trace).c_str(), replay, name, 16)->Unit(unit);
  }
}
const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace tutti::ot_bench
