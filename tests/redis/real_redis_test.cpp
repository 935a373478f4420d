// Against a redis-server of our own on a free port.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/epoll/listener.hpp"
#include "net/epoll/loop.hpp"
#include "redis/client.hpp"
#include "redis/subscriber.hpp"

namespace tutti::redis {
namespace {

class RealRedis : public ::testing::Test {
 protected:
  void SetUp() override {
    auto probe = net::epoll::ListenSocket::open({.host = "127.0.0.1", .port = 0});
    ASSERT_TRUE(probe.has_value());
    port = probe->port();
  }
  void TearDown() override { kill_server(); }

  void start_server() {
    const std::string port_text = std::to_string(port);
    pid = fork();
    if (pid != 0) return;
    execlp("redis-server", "redis-server", "--port", port_text.c_str(), "--bind", "127.0.0.1", "--save", "",
           "--logfile", "/dev/null", "--user", "ann", "on", ">secret", "~*", "&*", "+@all",
           static_cast<char*>(nullptr));
    _exit(127);
  }
  void kill_server() {
    if (pid <= 0) return;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    pid = 0;
  }
  LinkOptions link() const {
    LinkOptions options;
    options.url = *parse_url("redis://ann:secret@127.0.0.1:" + std::to_string(port) + "/1");
    return options;
  }
  template <class Condition>
  bool until(Condition condition) {
    loop.adopt_this_thread();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop.turn(std::chrono::milliseconds(50));
    }
    return true;
  }

  std::uint16_t port = 0;
  pid_t pid = 0;
  net::epoll::Loop loop;
  Stats stats;
};

TEST_F(RealRedis, LetsUsInAndCarriesMessagesAlsoAfterItWasKilled) {
  start_server();
  Client client(loop, dial_from(loop), {.link = link()}, stats);
  Subscriber subscriber(loop, dial_from(loop), link(), stats);
  std::string heard;
  subscriber.subscribe(Subscription::pattern, {"news*"},
                       [&](std::string_view, std::string_view payload) { heard = payload; });
  client.start();
  subscriber.start();
  ASSERT_TRUE(until([&] { return client.up() && subscriber.ready(); }));
  client.command({"PUBLISH", "news1", "first"}, std::chrono::seconds(5));
  ASSERT_TRUE(until([&] { return heard == "first"; }));

  kill_server();
  ASSERT_TRUE(until([&] { return !client.up() && !subscriber.up(); }));
  start_server();
  ASSERT_TRUE(until([&] { return client.up() && subscriber.ready(); }));
  client.command({"PUBLISH", "news2", std::string(300'000, 'x')}, std::chrono::seconds(5));
  ASSERT_TRUE(until([&] { return heard.size() == 300'000; }));
  subscriber.close();
  client.close();
}

}  // namespace
}  // namespace tutti::redis
