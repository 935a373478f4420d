#include "server/bench_command.hpp"

#include <arpa/inet.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <map>

#include "loadgen/scenarios.hpp"

namespace tutti::server {

namespace {

// "http://127.0.0.1:3000", "127.0.0.1:3000" -> the target's address; only IPv4 addresses and localhost.
bool parse_target(std::string text, loadgen::Target& target) {
  for (const std::string_view scheme : {"http://", "ws://"}) {
    if (text.starts_with(scheme)) text.erase(0, scheme.size());
  }
  if (text.ends_with('/')) text.pop_back();
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) != 1) return false;
  target.address = ntohl(address.s_addr);
  target.port = 80;
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, target.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || target.port == 0) return false;
  }
  target.host = text;
  return true;
}

}  // namespace

void add_bench(CLI::App& command, loadgen::Options& options) {
  using loadgen::Scenario;
  command
      .add_option("scenario", options.scenario,
                  "connect: open and close; idle: hold and answer heartbeats; echo: round trips with acknowledgement; "
                  "broadcast: one room; rooms: many rooms.")
      ->required()
      ->transform(CLI::CheckedTransformer(std::map<std::string, Scenario>{{"connect", Scenario::connect},
                                                                          {"idle", Scenario::idle},
                                                                          {"echo", Scenario::echo},
                                                                          {"broadcast", Scenario::broadcast},
                                                                          {"rooms", Scenario::rooms}}));
  command
      .add_option_function<std::string>(
          "--target",
          [&options](const std::string& text) {
            if (!parse_target(text, options.target)) {
              throw CLI::ValidationError("--target", "'" + text + "' is not like 127.0.0.1:3000");
            }
          },
          "Where the server listens, an IPv4 address and a port. Default 127.0.0.1:3000.")
      ->option_text("ADDRESS:PORT");
  command.add_option("--path", options.target.path, "Path of Socket.IO. Default /socket.io/.");
  command.add_option("--auth", options.target.auth, "JSON object sent with CONNECT.");
  command
      .add_option_function<std::string>(
          "--parser",
          [&options](const std::string& text) {
            options.target.form = text == "msgpack" ? codec::Form::msgpack : codec::Form::json;
          },
          "json (default) or msgpack.")
      ->check(CLI::IsMember({"json", "msgpack"}));
  command.add_option("--connections", options.connections, "How many. Default 100.")->check(CLI::Range(1, 1'000'000));
  command.add_option("--seconds", options.seconds, "Measured time, after a warm-up of a tenth of it. Default 5.")
      ->check(CLI::Range(0.1, 86'400.0));
  command.add_option("--size", options.payload_bytes, "Bytes of the payload, at least 38. Default 64.")
      ->check(CLI::Range(38, 1'000'000));
  command.add_option("--in-flight", options.in_flight, "broadcast: messages published at once. Default 1.")
      ->check(CLI::Range(1, 100'000));
  command.add_option("--rooms", options.rooms, "rooms: how many. Default 100.")->check(CLI::Range(1, 1'000'000));
  command.add_option("--rate", options.rate, "rooms: messages a second in each. Default 1.")
      ->check(CLI::Range(0.001, 100'000.0));
  command.add_option("--concurrency", options.concurrency, "Connections being opened at once. Default 128.")
      ->check(CLI::Range(1, 100'000));
  command.add_option("--sources", options.sources, "Connect from so many addresses 127.0.0.1, 127.0.0.2 … Default 1.")
      ->check(CLI::Range(1, 65'000));
  command.add_option("--server-pid", options.server_pid, "Measure the CPU time and memory of this process as well.");
}

int run_bench(const loadgen::Options& options) {
  const std::string report = loadgen::run_scenario(options);
  std::cout << report << std::endl;
  return report.find("\"ok\":true") != std::string::npos ? 0 : 1;
}

}  // namespace tutti::server
