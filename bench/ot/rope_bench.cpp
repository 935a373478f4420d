// A document of 10 MB: edits at random places, snapshots, memory.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/random.hpp"
#include "ot/rope.hpp"

namespace tutti::ot_bench {
namespace {

constexpr std::size_t kBytes = 10'000'000;

std::string ascii() {
  SeededRandom random(3);
  std::string text;
  while (text.size() < kBytes) text += random.below(60) == 0 ? '\n' : static_cast<char>('a' + random.below(26));
  return text;
}

std::string mixed() {
  SeededRandom random(3);
  const char* const pieces[] = {"a", "b", " ", "é", "\xD8\xA7", "漢", "字", "😀", "\n"};
  std::string text;
  while (text.size() < kBytes) text += pieces[random.below(std::size(pieces))];
  return text;
}

// Inserts and deletes of one character by turns, so that the size stays.
void random_edit(benchmark::State& state, std::string text, bool in_code_points, bool snapshot) {
  ot::Rope rope(text);
  const std::size_t length = in_code_points ? rope.length_code_points() : rope.length_utf16();
  SeededRandom random(5);
  std::vector<std::uint32_t> positions(1 << 20);
  for (auto& position : positions) {
    position = static_cast<std::uint32_t>(random.below(length - 2));
    if (!in_code_points)
      position = static_cast<std::uint32_t>(rope.utf16_from_code_points(rope.code_points_from_utf16(position)));
  }
  std::size_t i = 0;
  ot::Rope kept;
  for (auto _ : state) {
    const std::size_t position = positions[i % positions.size()];
    if (snapshot) kept = rope;
    const bool insert = i++ % 2 == 0;
    const bool done = in_code_points ? rope.replace_code_points(position, insert ? 0 : 1, insert ? "x" : "")
                                     : rope.replace(position, insert ? 0 : 1, insert ? "x" : "");
    benchmark::DoNotOptimize(done);
  }
  state.counters["memory/text"] = static_cast<double>(rope.memory_bytes()) / static_cast<double>(rope.size_bytes());
}

void snapshot(benchmark::State& state) {
  const ot::Rope rope(ascii());
  for (auto _ : state) {
    ot::Rope copy = rope;
    benchmark::DoNotOptimize(copy);
  }
}

void load(benchmark::State& state, std::string text) {
  for (auto _ : state) benchmark::DoNotOptimize(ot::Rope(text));
  state.counters["memory/text"] = static_cast<double>(ot::Rope(text).memory_bytes()) / static_cast<double>(text.size());
}

void flatten(benchmark::State& state) {
  const ot::Rope rope(ascii());
  for (auto _ : state) benchmark::DoNotOptimize(rope.to_string());
}

void register_all() {
  using benchmark::RegisterBenchmark;
  const auto ms = benchmark::kMillisecond;
  RegisterBenchmark("random_edit/ascii", [](auto& state) { random_edit(state, ascii(), true, false); });
  RegisterBenchmark("random_edit/mixed_code_points", [](auto& state) { random_edit(state, mixed(), true, false); });
  RegisterBenchmark("random_edit/mixed_utf16", [](auto& state) { random_edit(state, mixed(), false, false); });
  RegisterBenchmark("edit_after_snapshot/ascii", [](auto& state) { random_edit(state, ascii(), true, true); });
  RegisterBenchmark("edit_after_snapshot/mixed", [](auto& state) { random_edit(state, mixed(), false, true); });
  RegisterBenchmark("snapshot", snapshot);
  RegisterBenchmark("load/ascii", [](auto& state) { load(state, ascii()); })->Unit(ms);
  RegisterBenchmark("load/mixed", [](auto& state) { load(state, mixed()); })->Unit(ms);
  RegisterBenchmark("flatten/ascii", flatten)->Unit(ms);
}
const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace tutti::ot_bench
