// bench/engineio_load: many WebSocket connections to an Engine.IO server that understands engineio_echo's messages;
// prints what a delivered message or a round trip costs the server in CPU time.
//
//   engineio_load --port N --pid SERVER --scenario broadcast|burst|echo|connect|idle [--connections N] [--size BYTES]
//                 [--rounds N]
// One JSON line. CPU time is what /proc/PID/schedstat of all threads says, before and after.
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "codec/websocket.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using tutti::codec::Opcode;

struct Settings {
  std::uint16_t port = 0;
  int pid = 0;
  std::string scenario = "broadcast";
  int connections = 1000;
  int size = 64;
  int rounds = 200;
};

[[noreturn]] void die(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

double server_cpu_seconds(int pid) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  double total = 0;
  DIR* directory = ::opendir(tasks.c_str());
  if (!directory) die("no such server");
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    std::ifstream file(tasks + "/" + entry->d_name + "/schedstat");
    double nanoseconds = 0;
    if (file >> nanoseconds) total += nanoseconds / 1e9;
  }
  ::closedir(directory);
  return total;
}

long server_memory_kb(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("Private_Dirty:")) return std::atol(line.c_str() + 14);
  }
  return 0;
}

struct Client {
  int descriptor = -1;
  std::size_t skip = 0;  // bytes of the current frame that have not come yet
  std::string head;      // incomplete frame header
  std::size_t received = 0;
};

class Load {
 public:
  explicit Load(const Settings& settings) : settings_(settings), epoll_(::epoll_create1(0)) {}

  void run() {
    memory_before_ = server_memory_kb(settings_.pid);
    const auto started = Clock::now();
    const double cpu_started = server_cpu_seconds(settings_.pid);
    connect_all();
    const double cpu_connected = server_cpu_seconds(settings_.pid) - cpu_started;
    const double connect_seconds = seconds_since(started);
    if (settings_.scenario == "connect" || settings_.scenario == "idle") {
      ::usleep(300'000);
      const long memory = server_memory_kb(settings_.pid);
      std::printf("{\"scenario\":\"connect\",\"connections\":%d,\"per_second\":%.0f,\"cpu_us\":%.2f,\"bytes\":%.0f}\n",
                  settings_.connections, settings_.connections / connect_seconds,
                  cpu_connected * 1e6 / settings_.connections,
                  (memory - memory_before_) * 1024.0 / settings_.connections);
      return;
    }
    settings_.scenario == "echo" ? echo() : broadcast();
  }

 private:
  static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  void connect_all() {
    clients_.resize(static_cast<std::size_t>(settings_.connections));
    const std::string request =
        "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    constexpr std::size_t kWave = 100;
    for (std::size_t begin = 0; begin < clients_.size(); begin += kWave) {
      const std::size_t end = std::min(begin + kWave, clients_.size());
      for (std::size_t i = begin; i < end; ++i) open(clients_[i], request);
      for (std::size_t i = begin; i < end; ++i) finish_handshake(clients_[i]);
    }
  }

  void open(Client& client, const std::string& request) {
    client.descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    if (client.descriptor < 0) die("socket");
    const int on = 1;
    ::setsockopt(client.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(settings_.port);
    if (::connect(client.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");
    ::send(client.descriptor, request.data(), request.size(), MSG_NOSIGNAL);
  }

  // Blocking: until the open packet is here.
  void finish_handshake(Client& client) {
    std::string answer;
    while (answer.find("}") == std::string::npos) {
      const ssize_t size = ::recv(client.descriptor, buffer_, sizeof buffer_, 0);
      if (size <= 0) die("handshake");
      answer.append(buffer_, static_cast<std::size_t>(size));
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &client;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.descriptor, &event);
  }

  void send(Client& client, const std::string& text) {
    std::string frame;
    tutti::codec::append_masked_frame(frame, Opcode::text, text, 0x12345678);
    if (::send(client.descriptor, frame.data(), frame.size(), MSG_NOSIGNAL) < 0) die("send");
  }

  // Counts whole messages of a client.
  std::size_t read(Client& client) {
    const ssize_t size = ::recv(client.descriptor, buffer_, sizeof buffer_, MSG_DONTWAIT);
    if (size == 0) die("the server closed a connection");
    if (size < 0) return 0;
    const char* at = buffer_;
    std::size_t left = static_cast<std::size_t>(size);
    std::size_t messages = 0;
    while (left > 0) {
      if (client.skip == 0) {
        client.head += *at++;
        --left;
        if (client.head.size() < 2) continue;
        const std::size_t length = static_cast<unsigned char>(client.head[1]) & 0x7f;
        const std::size_t header = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (client.head.size() < header) continue;
        client.skip = length;
        if (header > 2) {
          client.skip = 0;
          for (std::size_t i = 2; i < header; ++i) {
            client.skip = client.skip << 8 | static_cast<unsigned char>(client.head[i]);
          }
        }
        client.head.clear();
        continue;
      }
      const std::size_t take = std::min(left, client.skip);
      at += take;
      left -= take;
      client.skip -= take;
      if (client.skip == 0) ++messages;
    }
    client.received += messages;
    return messages;
  }

  std::size_t wait_and_read(const auto& each) {
    epoll_event events[256];
    const int count = ::epoll_wait(epoll_, events, 256, 5000);
    if (count <= 0) die("nothing came for 5 s");
    std::size_t total = 0;
    for (int i = 0; i < count; ++i) {
      auto& client = *static_cast<Client*>(events[i].data.ptr);
      const std::size_t messages = read(client);
      total += messages;
      each(client, messages);
    }
    return total;
  }

  void report(std::size_t messages, double cpu, double wall) {
    const double memory = static_cast<double>(server_memory_kb(settings_.pid) - memory_before_) * 1024;
    std::printf("{\"scenario\":\"%s\",\"connections\":%d,\"size\":%d,\"messages\":%zu,\"cpu_us\":%.4f,",
                settings_.scenario.c_str(), settings_.connections, settings_.size, messages,
                cpu * 1e6 / static_cast<double>(messages));
    std::printf("\"messages_per_second\":%.0f,\"bytes_after\":%.0f}\n", static_cast<double>(messages) / wall,
                memory / settings_.connections);
  }

  void broadcast() {
    const bool burst = settings_.scenario == "burst";
    const std::string text = (burst ? "4burst " : "4broadcast ") + std::string(settings_.size, 'x');
    const std::size_t each = clients_.size() * (burst ? 16 : 1);
    for (int warm = 0; warm < 3; ++warm) round(text, each);
    const double cpu = server_cpu_seconds(settings_.pid);
    const auto started = Clock::now();
    for (int i = 0; i < settings_.rounds; ++i) round(text, each);
    report(each * static_cast<std::size_t>(settings_.rounds), server_cpu_seconds(settings_.pid) - cpu,
           seconds_since(started));
  }

  void round(const std::string& text, std::size_t expected) {
    send(clients_.front(), text);
    for (std::size_t got = 0; got < expected;) got += wait_and_read([](Client&, std::size_t) {});
  }

  void echo() {
    const std::string text = "4" + std::string(settings_.size, 'x');
    std::size_t left = 0;
    const auto go = [&](std::size_t total) {
      left = total;
      std::size_t done = 0;
      for (Client& client : clients_) {
        send(client, text);
        --left;
      }
      while (done < total) {
        done += wait_and_read([&](Client& client, std::size_t messages) {
          for (; messages > 0 && left > 0; --messages, --left) send(client, text);
        });
      }
    };
    go(clients_.size() * 10);
    const double cpu = server_cpu_seconds(settings_.pid);
    const auto started = Clock::now();
    const std::size_t total = clients_.size() * static_cast<std::size_t>(settings_.rounds);
    go(total);
    report(total, server_cpu_seconds(settings_.pid) - cpu, seconds_since(started));
  }

  Settings settings_;
  long memory_before_ = 0;
  int epoll_;
  std::vector<Client> clients_;
  char buffer_[256 * 1024];
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--port") settings.port = static_cast<std::uint16_t>(std::atoi(value));
    if (name == "--pid") settings.pid = std::atoi(value);
    if (name == "--scenario") settings.scenario = value;
    if (name == "--connections") settings.connections = std::atoi(value);
    if (name == "--size") settings.size = std::atoi(value);
    if (name == "--rounds") settings.rounds = std::atoi(value);
  }
  static Load load(settings);
  load.run();
}
