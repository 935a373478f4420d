// What comes over the wire: frames, requests, MessagePack.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "codec/http1.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "codec/websocket.hpp"
#include "samples.hpp"

namespace tutti::bench {
namespace {

void count(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * state.iterations());
}

// One masked text frame of that payload size, as a small read gives it.
void read_frame(benchmark::State& state) {
  std::string frame;
  codec::append_masked_frame(frame, codec::Opcode::text, std::string(static_cast<std::size_t>(state.range(0)), 'x'), 0);
  codec::WebSocketReader reader(codec::WebSocketReader::Role::server, {});
  std::size_t received = 0;
  for (auto _ : state) {
    const auto result = reader.feed(frame.data(), frame.size(), [&](const codec::WebSocketMessage& message) {
      received += message.payload.size();
      return true;
    });
    benchmark::DoNotOptimize(result.has_value());
  }
  benchmark::DoNotOptimize(received);
  count(state, frame.size());
}
BENCHMARK(read_frame)->Arg(0)->Arg(40)->Arg(300)->Arg(16384);

void read_request(benchmark::State& state) {
  const std::string bytes =
      "POST /socket.io/?EIO=4&transport=polling&t=fgaj6bn1&sid=m2Fm3gUy05iEoUJ0AAAP HTTP/1.1\r\n"
      "Host: collab.example.com\r\nConnection: keep-alive\r\nContent-Length: 11\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 "
      "Safari/537.36\r\n"
      "Content-type: text/plain;charset=UTF-8\r\nAccept: */*\r\nOrigin: https://collab.example.com\r\n"
      "Referer: https://collab.example.com/documents/1\r\nAccept-Encoding: gzip, deflate, br\r\n"
      "Accept-Language: en-GB,en;q=0.9\r\n\r\n42[\"a\",123]";
  codec::Http1Parser parser;
  for (auto _ : state) {
    auto step = parser.feed(bytes);
    parser.limit_body(1000);
    step = parser.feed(std::string_view(bytes).substr(step->consumed));
    benchmark::DoNotOptimize(parser.request());
    parser.next();
  }
  count(state, bytes.size());
}
BENCHMARK(read_request);

std::string as_msgpack(const std::string& json) {
  codec::Arena arena;
  std::string bytes;
  codec::MsgpackWriter(bytes).value(*codec::parse_json(json, arena));
  return bytes;
}

void msgpack_parse(benchmark::State& state, std::string (*sample)()) {
  const std::string bytes = as_msgpack(sample());
  codec::Arena arena;
  for (auto _ : state) {
    auto value = codec::parse_msgpack(bytes, arena);
    benchmark::DoNotOptimize(value);
    arena.reset();
  }
  count(state, bytes.size());
}
BENCHMARK_CAPTURE(msgpack_parse, small, &small_event);
BENCHMARK_CAPTURE(msgpack_parse, records, &records);

void msgpack_parse_nlohmann(benchmark::State& state, std::string (*sample)()) {
  const std::string bytes = as_msgpack(sample());
  for (auto _ : state) {
    auto value = nlohmann::json::from_msgpack(bytes);
    benchmark::DoNotOptimize(value);
  }
  count(state, bytes.size());
}
BENCHMARK_CAPTURE(msgpack_parse_nlohmann, small, &small_event);
BENCHMARK_CAPTURE(msgpack_parse_nlohmann, records, &records);

void msgpack_write(benchmark::State& state, std::string (*sample)()) {
  const std::string text = sample();
  codec::Arena arena;
  const auto value = *codec::parse_json(text, arena);
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec::MsgpackWriter(out).value(value);
    benchmark::DoNotOptimize(out.data());
  }
  count(state, out.size());
}
BENCHMARK_CAPTURE(msgpack_write, small, &small_event);
BENCHMARK_CAPTURE(msgpack_write, records, &records);

}  // namespace
}  // namespace tutti::bench
