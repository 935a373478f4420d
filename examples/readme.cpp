#include <tutti/server.h>

#include <string>

int main() {
  tutti::Server io;
  io.on("connection", [&](tutti::Socket socket) {
    socket.join("lobby");
    socket.on("say", [socket](std::string text, tutti::Ack ack) {
      socket.to("lobby").emit("said", socket.id(), text);
      ack("delivered");
    });
  });
  io.run(3000);
}
