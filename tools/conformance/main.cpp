// tutti-conformance --mode MODE --port N: servers for the official suites of Engine.IO and Socket.IO, for the captured
// exchanges and for benchmarks, on the public C++ API.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <mutex>

#include "api/json_bridge.hpp"
#include "codec/json.hpp"
#include "modes.hpp"

namespace conformance {

void print_ready(const std::string& host, std::uint16_t port) {
  std::printf("listening on %s:%u\n", host.c_str(), static_cast<unsigned>(port));
  std::fflush(stdout);
}

namespace {

// Bytes as JSON.stringify writes a Node Buffer.
nlohmann::json without_binary(const nlohmann::json& value) {
  if (value.is_binary())
    return {{"type", "Buffer"}, {"data", static_cast<const std::vector<std::uint8_t>&>(value.get_binary())}};
  if (!value.is_structured()) return value;
  nlohmann::json copy = value;
  for (auto& element : copy) element = without_binary(element);
  return copy;
}

}  // namespace

void report(const nlohmann::json& record) {
  static std::mutex mutex;
  std::string line;
  tutti::codec::JsonWriter writer(line);
  tutti::api::write(writer, without_binary(record));
  const std::lock_guard lock(mutex);
  std::puts(line.c_str());
  std::fflush(stdout);
}

void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void wait_for_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
}

}  // namespace conformance

int main(int argc, char** argv) {
  using namespace conformance;
  const std::map<std::string, int (*)(const Flags&)> modes{
      {"engineio", run_engineio}, {"socketio", run_socketio}, {"client", run_client},
      {"cluster", run_cluster},   {"ws-echo", run_ws_echo},   {"bench", run_bench},
      {"scenario", run_scenario}, {"recovery", run_recovery}, {"edge-cases", run_edge_cases},
  };
  Flags flags;
  std::string parser;
  CLI::App app("Servers for the suites and benchmarks of Engine.IO and Socket.IO", "tutti-conformance");
  app.add_option("--mode", flags.mode)->required()->check(CLI::IsMember(modes));
  app.add_option("--port", flags.port, "0: any that is free");
  app.add_option("--host", flags.host);
  app.add_option("--workers", flags.workers)->check(CLI::Range(1, 1024));
  app.add_option("--ping-interval", flags.ping_interval, "ms");
  app.add_option("--ping-timeout", flags.ping_timeout, "ms");
  app.add_option("--connect-timeout", flags.connect_timeout, "ms");
  app.add_option("--upgrade-timeout", flags.upgrade_timeout, "ms");
  app.add_option("--cors", flags.cors, "\"\": off, *, or one origin with credentials");
  app.add_option("--cookie", flags.cookie, "name; attributes");
  app.add_option("--transports", flags.transports, "polling,websocket");
  app.add_option("--redis", flags.redis, "redis://host:port, for cluster and bench");
  app.add_option("--server-name", flags.server_name);
  app.add_option("--adapter", flags.adapter)->check(CLI::IsMember({"classic"}));
  app.add_option("--subscription-mode", flags.subscription_mode)
      ->check(CLI::IsMember({"static", "dynamic", "dynamic-private"}));
  app.add_option("--key", flags.key, "what the names of Redis channels begin with");
  app.add_flag("--specific-response", flags.specific_response, "answers go to the asking server's own channel");
  app.add_option("--requests-timeout", flags.requests_timeout, "ms")->check(CLI::PositiveNumber);
  app.add_flag("--no-upgrades", flags.no_upgrades);
  app.add_flag("--recovery", flags.recovery, "connection state recovery");
  app.add_flag("--allow-eio3", flags.allow_eio3, "Socket.IO 2 clients too");
  app.add_flag("--per-message-deflate", flags.per_message_deflate);
  app.add_option("--parser", parser, "accepted and ignored: both forms are recognised")
      ->check(CLI::IsMember({"json", "msgpack"}));
  CLI11_PARSE(app, argc, argv);
  try {
    block_signals();
    return modes.at(flags.mode)(flags);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tutti-conformance: %s\n", error.what());
    return 1;
  }
}
