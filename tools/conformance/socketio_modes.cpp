// socketio, scenario, edge-cases, recovery: small servers on the public API.
#include <tutti/server.h>

#include "modes.hpp"

namespace conformance {
namespace {

using tutti::Answer;
using tutti::Arguments;
using tutti::json;
using tutti::Next;
using tutti::Socket;

int serve(tutti::Server& io, const Flags& flags) {
  print_ready(flags.host, io.listen(flags.port, flags.host));
  wait_for_signal();
  io.stop();
  return 0;
}

json bytes(std::initializer_list<std::uint8_t> values) { return json::binary(json::binary_t::container_type(values)); }

void answered(const Socket& socket, const Answer& answer) {
  if (answer.size() == 1) return socket.emit("answered", answer[0]);
  socket.emit("answered", answer[0], answer[1]);
}

void scenario_handlers(tutti::Namespace nsp, tutti::Server& io) {
  nsp.on("echo", [](Socket socket, Arguments all) { socket.emit("echo-back", all); });
  nsp.on("hello", [](Arguments all, tutti::Ack ack) { ack(all); });
  nsp.on("askme", [](Socket socket) {
    socket.emit("question", "q", [socket](const Answer& answer) { answered(socket, answer); });
  });
  nsp.on("askbin", [](Socket socket) {
    socket.emit("questionbin", bytes({9, 8, 7}), [socket](const Answer& answer) { answered(socket, answer); });
  });
  nsp.on("bcast", [&io] { io.emit("to-all", json{{"a", 1}}, bytes({1, 2})); });
  nsp.on("vol", [](Socket socket) { socket.volatile_().emit("volatile-ev", 1); });
  nsp.on("kickme", [](Socket socket) { socket.disconnect(); });
  nsp.on("kickall", [](Socket socket) { socket.disconnect(true); });
  nsp.on("disconnect", [](Socket socket, std::string reason) {
    report({{"nsp", socket.nsp()}, {"disconnect", reason}});
  });
}

// A name that came as a number is shown as one.
json name_of(const tutti::Event& event) {
  const json number = json::parse(event.name(), nullptr, false);
  return number.is_number() ? number : json(event.name());
}

void edge_case_handlers(tutti::Namespace nsp) {
  nsp.on_any([](const Socket&, tutti::Event& event) {
    json shown = event.arguments().value();
    if (!event.name().empty()) shown.insert(shown.begin(), name_of(event));
    if (event.ack()) shown.push_back("<ack>");
    report({{"event", shown}});
  });
  nsp.on("hello", [](tutti::Ack ack) {
    ack("r1");
    ack("r2");
  });
  nsp.on("error", [](tutti::Event& event) {
    if (!event.from_client()) report({{"error", event[0].value()}});
  });
  nsp.on("disconnect", [](Socket, std::string reason) { report({{"disconnect", reason}}); });
}

}  // namespace

int run_socketio(const Flags& flags) {
  tutti::Options options;
  options.ping_interval = std::chrono::milliseconds(300);
  options.ping_timeout = std::chrono::milliseconds(200);
  options.connect_timeout = std::chrono::milliseconds(1000);
  options.cors.origins = {"*"};
  apply(flags, options);
  tutti::Server io(options);
  const auto greet = [](Socket socket) { socket.emit("auth", socket.auth()); };
  io.on("connection", greet);
  io.on("message", [](Socket socket, Arguments all) { socket.emit("message-back", all); });
  io.on("message-with-ack", [](Arguments all, tutti::Ack ack) { ack(all); });
  io.of("/custom").on("connection", greet);
  return serve(io, flags);
}

int run_scenario(const Flags& flags) {
  tutti::Options options;
  apply(flags, options);
  tutti::Server io(options);
  io.use([](Socket socket, Next next) {
    const std::string token = socket.auth().value("token", "");
    if (token == "bad") return next.refuse("not authorized", {{"code", "E_AUTH"}, {"retry", false}});
    if (token == "plainerr") return next.refuse("nope");
    next();
  });
  scenario_handlers(io, io);
  scenario_handlers(io.of("/admin"), io);
  scenario_handlers(io.of(std::regex("^/dyn-\\d+$")), io);
  return serve(io, flags);
}

int run_edge_cases(const Flags& flags) {
  tutti::Options options;
  apply(flags, options);
  tutti::Server io(options);
  edge_case_handlers(io);
  edge_case_handlers(io.of("/custom"));
  return serve(io, flags);
}

int run_recovery(const Flags& flags) {
  tutti::Options options;
  options.recovery.emplace();
  apply(flags, options);
  tutti::Server io(options);
  io.on("connection", [](Socket socket) {
    report({{"connection", socket.id()},
            {"recovered", socket.recovered()},
            {"rooms", socket.rooms().size()},
            {"data", socket.data()}});
  });
  io.on("prepare", [](Socket socket, tutti::Ack ack) {
    socket.data()["user"] = "bob";
    socket.join("room1");
    socket.emit("first", 1);
    ack();
  });
  io.on("emit-missed", [&io](Socket socket, tutti::Ack ack) {
    socket.broadcast().emit("missed-all", 2);
    io.to("room1").emit("missed-room", json{{"x", 1}});
    io.to("room1").emit("missed-binary", bytes({1, 2}));
    io.to("other").emit("not-for-us", 1);
    io.except("room1").emit("excluded", 1);
    io.volatile_().emit("volatile-lost", 1);
    io.to("room1").timeout(std::chrono::milliseconds(50)).emit("with-ack-lost", 1, [](const Answer&) {});
    ack();
  });
  io.on("disconnect", [](Socket, std::string reason) { report({{"disconnect", reason}}); });
  return serve(io, flags);
}

}  // namespace conformance
