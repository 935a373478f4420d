// bench/floor: the physical limit that the server is compared with: one thread, bare epoll, recv() and send(), with the
// least that can be done to look like the benchmark server to its clients. No timers, no checks, no queues.
//
//   floor [--port N] [--cork]
//
// It answers a WebSocket handshake, Socket.IO CONNECT, and the events of the bench mode as fixed byte patterns:
//   join(room, ack)      ack()
//   pub(payload)         msg(payload) to every connection
//   echo(payload, ack)   ack(payload)
// and, for raw Engine.IO, "4broadcast <text>" and "4burst <text>" (16 times) to everybody; other messages come back.
// With --cork what one recv() has caused to be sent to a connection goes out in one send().
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "codec/websocket.hpp"

namespace {

using tutti::codec::Opcode;

struct Connection {
  int descriptor;
  bool open = false;  // the handshake is done
  std::string carry;  // an incomplete frame or head
};

class Floor {
 public:
  Floor(std::uint16_t port, bool cork) : cork_(cork), epoll_(::epoll_create1(0)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 4096) != 0) {
      std::perror("floor");
      std::exit(1);
    }
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    watch(listener_, nullptr);
    std::printf("listening on http://127.0.0.1:%u\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void run() {
    std::array<epoll_event, 512> events;
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        auto* connection = static_cast<Connection*>(events[i].data.ptr);
        connection ? read(*connection) : accept_all();
      }
    }
  }

 private:
  void watch(int descriptor, Connection* connection) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void accept_all() {
    for (int d = 0; (d = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      auto* connection = new Connection{d, false, {}};
      watch(d, connection);
    }
  }

  static void send_all(Connection& connection, std::string_view bytes) {
    ::send(connection.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  void drop(Connection& connection) {
    std::erase(members_, &connection);
    ::close(connection.descriptor);
    delete &connection;
  }

  void read(Connection& connection) {
    const ssize_t size = ::recv(connection.descriptor, buffer_, sizeof buffer_, MSG_DONTWAIT);
    if (size <= 0) return drop(connection);
    if (!connection.carry.empty() || !connection.open) {
      connection.carry.append(buffer_, static_cast<std::size_t>(size));
      std::string bytes = std::move(connection.carry);
      connection.carry.clear();
      return connection.open ? frames(connection, bytes.data(), bytes.size()) : handshake(connection, bytes);
    }
    frames(connection, buffer_, static_cast<std::size_t>(size));
  }

  void handshake(Connection& connection, std::string& head) {
    const auto end = head.find("\r\n\r\n");
    if (end == std::string::npos) {
      connection.carry = std::move(head);
      return;
    }
    constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    const auto key = head.find(kKey);
    if (key == std::string::npos) return drop(connection);
    std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        tutti::codec::websocket_accept(std::string_view(head).substr(key + kKey.size(), 24)) + "\r\n\r\n";
    tutti::codec::append_frame(answer, Opcode::text,
                               R"(0{"sid":"AAAAAAAAAAAAAAAAAAAA","upgrades":[],"pingInterval":25000,)"
                               R"("pingTimeout":60000,"maxPayload":1000000})");
    send_all(connection, answer);
    connection.open = true;
    members_.push_back(&connection);
    if (end + 4 < head.size()) frames(connection, head.data() + end + 4, head.size() - end - 4);
  }

  void frames(Connection& connection, char* at, std::size_t size) {
    while (size >= 6) {
      std::size_t length = static_cast<unsigned char>(at[1]) & 0x7f;
      std::size_t header = 6;
      if (length == 126) {
        if (size < 8) break;
        length = static_cast<std::size_t>(static_cast<unsigned char>(at[2])) << 8 | static_cast<unsigned char>(at[3]);
        header = 8;
      } else if (length == 127) {
        if (size < 14) break;
        length = 0;
        for (int i = 0; i < 8; ++i) length = length << 8 | static_cast<unsigned char>(at[2 + i]);
        header = 14;
      }
      if (size < header + length) break;
      std::uint32_t mask = 0;
      std::memcpy(&mask, at + header - 4, 4);
      tutti::codec::unmask(at + header, length, mask);
      if ((at[0] & 0x0f) == 8) return drop(connection);
      message(connection, {at + header, length});
      at += header + length;
      size -= header + length;
    }
    if (size > 0) connection.carry.assign(at, size);
    if (cork_) flush();
  }

  void reply(Connection& connection, std::string_view text) {
    frame_.clear();
    tutti::codec::append_frame(frame_, Opcode::text, text);
    send_all(connection, frame_);
  }

  void broadcast(std::string_view text, int times) {
    frame_.clear();
    tutti::codec::append_frame(frame_, Opcode::text, text);
    if (cork_) {
      for (int i = 0; i < times; ++i) corked_ += frame_;
      return;
    }
    for (int i = 0; i < times; ++i) {
      for (Connection* member : members_) send_all(*member, frame_);
    }
  }

  void flush() {
    if (corked_.empty()) return;
    for (Connection* member : members_) send_all(*member, corked_);
    corked_.clear();
  }

  void message(Connection& connection, std::string_view text) {
    if (text == "3") return;
    if (text.starts_with("40")) return reply(connection, R"(40{"sid":"AAAAAAAAAAAAAAAAAAAB"})");
    if (text.starts_with("4broadcast ")) return broadcast("4" + std::string(text.substr(11)), 1);
    if (text.starts_with("4burst ")) return broadcast("4" + std::string(text.substr(7)), 16);
    constexpr std::string_view kPub = R"(42["pub",)";
    if (text.starts_with(kPub)) return broadcast(R"(42["msg",)" + std::string(text.substr(kPub.size())), 1);
    if (!text.starts_with("42")) return reply(connection, text);
    const auto bracket = text.find('[');
    const std::string id = "43" + std::string(text.substr(2, bracket - 2));
    constexpr std::string_view kEcho = R"(["echo",)";
    const std::string_view call = text.substr(bracket);
    reply(connection, call.starts_with(kEcho) ? id + "[" + std::string(call.substr(kEcho.size())) : id + "[]");
  }

  bool cork_;
  int epoll_;
  int listener_;
  std::vector<Connection*> members_;
  std::string frame_;
  std::string corked_;
  char buffer_[128 * 1024];
};

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  bool cork = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--cork") == 0) cork = true;
    if (std::strcmp(argv[i], "--port") == 0 && i + 1 < argc) port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
  }
  static Floor floor(port, cork);
  floor.run();
}
