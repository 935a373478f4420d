// The test server of the stock client's own suite.
#include <tutti/server.h>

#include <ctime>
#include <memory>
#include <thread>

#include "modes.hpp"

namespace conformance {
namespace {

using tutti::Ack;
using tutti::Answer;
using tutti::json;
using tutti::Next;
using tutti::Socket;

std::string iso_now() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(milliseconds % 1000));
  return std::string(text, size) + fraction;
}

json asdfasdf() {
  const std::string text = "asdfasdf";
  return json::binary(json::binary_t::container_type(text.begin(), text.end()));
}

// Answers `answer` once the events came in exactly this order.
void in_order(const Socket& socket, const std::vector<std::string>& events, const std::string& answer) {
  const auto seen = std::make_shared<std::size_t>(0);
  for (std::size_t index = 0; index < events.size(); ++index) {
    socket.on(events[index], [seen, index, count = events.size(), answer](Socket self) {
      if (index == *seen) ++*seen;
      if (*seen == count) self.emit(answer);
    });
  }
}

void handlers(tutti::Server& io) {
  io.on("hi", [](Socket socket) { socket.emit("hi"); });
  io.on("echo", [](tutti::Argument value, Ack ack) { ack(value); });
  io.on("ack", [](Socket socket) {
    socket.emit("ack", [socket](const Answer& answer) {
      const json& object = answer[1];
      if (answer[0] == 5 && object.is_object() && object.value("test", json()) == true) socket.emit("got it");
    });
  });
  io.on("getAckDate", [](json, Ack ack) { ack(iso_now()); });
  io.on("getDate", [](Socket socket) { socket.emit("takeDate", iso_now()); });
  io.on("getDateObj", [](Socket socket) { socket.emit("takeDateObj", json{{"date", iso_now()}}); });
  io.on("getUtf8", [](Socket socket) {
    for (const char* text : {"てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"}) {
      socket.emit("takeUtf8", text);
    }
  });
  io.on("false", [](Socket socket) { socket.emit("false", false); });
  io.on("doge", [](Socket socket) { socket.emit("doge", asdfasdf()); });
  io.on("getbin", [](Socket socket) { socket.emit("takebin", asdfasdf()); });
  io.on("buffa", [](Socket socket, json value) {
    if (value.is_binary()) socket.emit("buffack");
  });
  for (const std::string name : {"jsonbuff", "jsonblob"}) {
    io.on(name, [name](Socket socket, json value) {
      if (value.is_object() && value.value("hello", "") == "lol" && value.value("message", json()).is_binary() &&
          value.value("goodbye", "") == "gotcha") {
        socket.emit(name + "-ack");
      }
    });
  }
  io.on("blob", [](Socket socket) { socket.emit("back"); });
  io.on("getHandshake", [](Socket socket, Ack ack) { ack(socket.handshake()); });
  io.on("getId", [](Socket socket, Ack ack) { ack(socket.id()); });
  io.on("connection", [](Socket socket) {
    in_order(socket, {"abuff1", "abuff2"}, "abuff2-ack");
    in_order(socket, {"blob1", "blob2", "blob3"}, "blob3-ack");
  });
}

}  // namespace

int run_client(const Flags& flags) {
  tutti::Options options;
  options.ping_interval = std::chrono::milliseconds(2000);
  options.recovery.emplace();
  tutti::Server* server = nullptr;
  options.allow_request = [&server](const tutti::HandshakeRequest&, tutti::AllowDecision decide) {
    server->post_after(std::chrono::milliseconds(10), [decide] { decide(std::nullopt); });
  };
  apply(flags, options);
  tutti::Server io(options);
  server = &io;

  for (const char* name : {"/foo", "/timeout_socket", "/valid", "/asd"}) {
    io.of(name).on("getId", [](Socket socket, Ack ack) { ack(socket.id()); });
  }
  io.of("/abc").on("connection", [](Socket socket) { socket.emit("handshake", socket.handshake()); });
  io.of("/no").use([](Socket, Next next) { next.refuse("Auth failed (custom namespace)"); });
  io.use([](Socket socket, Next next) {
    if (socket.handshake()["query"].contains("fail")) return next.refuse("Auth failed (main namespace)");
    next();
  });
  handlers(io);
  print_ready(flags.host, io.listen(flags.port, flags.host));
  wait_for_signal();
  io.stop();
  return 0;
}

}  // namespace conformance
