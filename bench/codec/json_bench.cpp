// JSON text to a tree and back: ours, simdjson (DOM), Boost.JSON (monotonic memory), nlohmann.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "boost_json.hpp"
#include "codec/json.hpp"
#include "samples.hpp"

namespace tutti::bench {
namespace {

using Sample = std::string (*)();

void count(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * state.iterations());
}

void parse_tutti(benchmark::State& state, Sample sample) {
  const std::string text = sample();
  codec::Arena arena;
  for (auto _ : state) {
    auto value = codec::parse_json(text, arena);
    benchmark::DoNotOptimize(value);
    arena.reset();
  }
  count(state, text.size());
}

void validate_tutti(benchmark::State& state, Sample sample) {
  const std::string text = sample();
  for (auto _ : state) benchmark::DoNotOptimize(codec::validate_json(text).has_value());
  count(state, text.size());
}

void parse_simdjson(benchmark::State& state, Sample sample) {
  const simdjson::padded_string text(sample());
  simdjson::dom::parser parser;
  for (auto _ : state) {
    auto value = parser.parse(text);
    benchmark::DoNotOptimize(value);
  }
  count(state, text.size());
}

void parse_boost(benchmark::State& state, Sample sample) {
  const std::string text = sample();
  BoostJson parser;
  for (auto _ : state) parser.parse(text);
  count(state, text.size());
}

void parse_nlohmann(benchmark::State& state, Sample sample) {
  const std::string text = sample();
  for (auto _ : state) {
    auto value = nlohmann::json::parse(text);
    benchmark::DoNotOptimize(value);
  }
  count(state, text.size());
}

void write_tutti(benchmark::State& state, Sample sample) {
  const std::string text = sample();
  codec::Arena arena;
  const auto value = *codec::parse_json(text, arena);
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec::JsonWriter(out).value(value);
    benchmark::DoNotOptimize(out.data());
  }
  count(state, out.size());
}

void write_boost(benchmark::State& state, Sample sample) {
  BoostJson parser;
  parser.parse(sample());
  std::size_t size = 0;
  for (auto _ : state) {
    const std::string out = parser.serialize();
    size = out.size();
    benchmark::DoNotOptimize(out.data());
  }
  count(state, size);
}

void write_nlohmann(benchmark::State& state, Sample sample) {
  const auto value = nlohmann::json::parse(sample());
  std::size_t size = 0;
  for (auto _ : state) {
    const std::string out = value.dump();
    size = out.size();
    benchmark::DoNotOptimize(out.data());
  }
  count(state, size);
}

#define FOR_EACH_SAMPLE(function)                     \
  BENCHMARK_CAPTURE(function, small, &small_event);   \
  BENCHMARK_CAPTURE(function, operation, &operation); \
  BENCHMARK_CAPTURE(function, records, &records);     \
  BENCHMARK_CAPTURE(function, numbers, &numbers);     \
  BENCHMARK_CAPTURE(function, text, &long_text)

FOR_EACH_SAMPLE(parse_tutti);
FOR_EACH_SAMPLE(validate_tutti);
FOR_EACH_SAMPLE(parse_simdjson);
FOR_EACH_SAMPLE(parse_boost);
FOR_EACH_SAMPLE(parse_nlohmann);
FOR_EACH_SAMPLE(write_tutti);
FOR_EACH_SAMPLE(write_boost);
FOR_EACH_SAMPLE(write_nlohmann);

}  // namespace
}  // namespace tutti::bench
