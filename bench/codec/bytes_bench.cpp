// Loops over bytes: UTF-8, UTF-16 lengths, masks, base64.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include "codec/base64.hpp"
#include "codec/utf8.hpp"
#include "codec/utf8_kernels.hpp"
#include "codec/websocket.hpp"
#include "samples.hpp"

namespace tutti::bench {
namespace {

void count(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * state.iterations());
}

using Make = std::string (*)(std::size_t);
using Check = bool (*)(const char*, std::size_t);

bool check_tutti(const char* bytes, std::size_t size) { return codec::is_utf8({bytes, size}); }
bool check_simdjson(const char* bytes, std::size_t size) { return simdjson::validate_utf8(bytes, size); }
bool check_ssse3(const char* bytes, std::size_t size) { return codec::is_utf8_ssse3(bytes, size); }
bool check_scalar(const char* bytes, std::size_t size) { return codec::is_utf8_scalar(bytes, size); }

void utf8(benchmark::State& state, Check check, Make make) {
  const std::string text = make(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    bool good = check(text.data(), text.size());
    benchmark::DoNotOptimize(good);
  }
  count(state, text.size());
}
BENCHMARK_CAPTURE(utf8, tutti_ascii, &check_tutti, &ascii_text)->Arg(40)->Arg(300)->Arg(16384);
BENCHMARK_CAPTURE(utf8, tutti_mixed, &check_tutti, &mixed_text)->Arg(40)->Arg(300)->Arg(16384);
BENCHMARK_CAPTURE(utf8, simdjson_ascii, &check_simdjson, &ascii_text)->Arg(40)->Arg(300)->Arg(16384);
BENCHMARK_CAPTURE(utf8, simdjson_mixed, &check_simdjson, &mixed_text)->Arg(40)->Arg(300)->Arg(16384);
BENCHMARK_CAPTURE(utf8, ssse3_mixed, &check_ssse3, &mixed_text)->Arg(16384);
BENCHMARK_CAPTURE(utf8, scalar_mixed, &check_scalar, &mixed_text)->Arg(16384);

void utf16_length(benchmark::State& state) {
  const std::string text = mixed_text(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::size_t units = codec::utf16_length(text);
    benchmark::DoNotOptimize(units);
  }
  count(state, text.size());
}
BENCHMARK(utf16_length)->Arg(40)->Arg(300)->Arg(16384);

void unmask(benchmark::State& state) {
  std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    codec::unmask(bytes.data(), bytes.size(), 0x12345678);
    benchmark::ClobberMemory();
  }
  count(state, bytes.size());
}
BENCHMARK(unmask)->Arg(40)->Arg(300)->Arg(16384);

void base64_encode(benchmark::State& state) {
  const std::string bytes = mixed_text(16384);
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec::append_base64(out, bytes);
    benchmark::DoNotOptimize(out.data());
  }
  count(state, bytes.size());
}
BENCHMARK(base64_encode);

void base64_decode(benchmark::State& state) {
  std::string text;
  codec::append_base64(text, mixed_text(16384));
  for (auto _ : state) {
    auto bytes = codec::decode_base64(text);
    benchmark::DoNotOptimize(bytes);
  }
  count(state, text.size());
}
BENCHMARK(base64_decode);

}  // namespace
}  // namespace tutti::bench
