// join, pub, echo: what the load generators ask of a server.
#include <tutti/server.h>

#include "modes.hpp"

namespace conformance {

int run_bench(const Flags& flags) {
  using tutti::Ack;
  using tutti::Argument;
  using tutti::Socket;
  tutti::Options options;
  options.ping_timeout = std::chrono::milliseconds(60'000);
  apply(flags, options);
  tutti::Server io(options);
  io.on("join", [](Socket socket, std::string room, Ack ack) {
    socket.data() = room;
    socket.join(room);
    ack();
  });
  io.on("pub", [&io](Socket socket, Argument payload) {
    const auto* const room = socket.data().get_ptr<const std::string*>();
    if (room) io.to(*room).emit("msg", payload);
  });
  io.on("echo", [](Argument payload, Ack ack) { ack(payload); });
  print_ready(flags.host, io.listen(flags.port, flags.host));
  wait_for_signal();
  io.stop();
  return 0;
}

}  // namespace conformance
