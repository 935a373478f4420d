#include "net/epoll/listener.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "base/log.hpp"
#include "net/epoll/connector.hpp"
#include "net/epoll_support.hpp"

namespace tutti::net::epoll {
namespace {

using namespace std::chrono_literals;
using test::RecordingHandler;
using test::run_until;

ListenSocket open(ListenOptions options = {}) {
  auto socket = ListenSocket::open(options);
  EXPECT_TRUE(socket.has_value()) << socket.error();
  return std::move(*socket);
}

TEST(EpollListener, TakesAFreePortAndSaysWhich) {
  const ListenSocket socket = open();
  EXPECT_NE(socket.port(), 0);
  EXPECT_EQ(socket.address(), "127.0.0.1:" + std::to_string(socket.port()));
}

TEST(EpollListener, SeveralSocketsShareAPort) {
  const ListenSocket first = open();
  ListenOptions options;
  options.port = first.port();
  const ListenSocket second = open(options);
  EXPECT_EQ(second.port(), first.port());
}

TEST(EpollListener, SaysWhatIsWrong) {
  ListenOptions options;
  options.host = "192.0.2.1";  // not ours
  const auto socket = ListenSocket::open(options);
  ASSERT_FALSE(socket.has_value());
  EXPECT_NE(socket.error().find("192.0.2.1:0: Cannot assign requested address"), std::string::npos) << socket.error();
  options.host = "no such host";
  EXPECT_FALSE(ListenSocket::open(options).has_value());
}

TEST(EpollListener, EveryAddressIncludesIPv4) {
  Loop loop;
  int accepted = 0;
  ListenOptions options;
  options.host = "";
  Listener listener(loop, open(options), [&](Stream& stream) {
    EXPECT_EQ(stream.peer().address, "127.0.0.1");
    ++accepted;
    stream.abort();
  });
  Connector connector(loop, {"127.0.0.1", listener.port(), 5s}, [&](auto result) {
    ASSERT_TRUE(result.has_value());
    (*result)->abort();
  });
  run_until(loop, [&] { return accepted == 1; });
}

TEST(EpollListener, AcceptsWhatWaitsWhenItCloses) {
  Loop loop;
  int accepted = 0;
  Listener listener(loop, open(), [&](Stream& stream) {
    ++accepted;
    stream.abort();
  });
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener.port());
  ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  listener.close();
  EXPECT_EQ(accepted, 1);
  const int refused = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_NE(::connect(refused, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(client);
  ::close(refused);
}

TEST(EpollListener, PausesWhenThereIsNoDescriptorLeft) {
  Loop loop;
  int accepted = 0;
  Listener listener(loop, open(), [&](Stream& stream) {
    ++accepted;
    stream.abort();
  });
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener.port());
  // UBSan opens pipes when it meets a type for the first time, so the logger must be met before.
  log::warn("net.accept_failed", {{"error", "in a test"}});
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  const rlimit none{static_cast<rlim_t>(client) + 1, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  run_until(loop, [&] { return loop.stats().accept_failures.get() > 0; });
  EXPECT_EQ(accepted, 0);
  ASSERT_TRUE(loop.wait_limit());
  EXPECT_GT(*loop.wait_limit(), 50ms) << "it tries again and again";
  ::setrlimit(RLIMIT_NOFILE, &old);
  run_until(loop, [&] { return accepted == 1; });
  ::close(client);
}

TEST(EpollListener, AcceptsNobodyAboveItsLimit) {
  Loop loop;
  std::vector<Stream*> accepted;
  RecordingHandler handler;
  Listener listener(loop, open(),
                    [&](Stream& stream) {
                      stream.set_handler(&handler);
                      accepted.push_back(&stream);
                    },
                    {.connections_max = 1});
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener.port());
  const int first = ::socket(AF_INET, SOCK_STREAM, 0);
  const int second = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(::connect(first, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::connect(second, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  run_until(loop, [&] { return loop.stats().accept_failures.get() > 0; });
  ASSERT_EQ(accepted.size(), 1u);
  accepted[0]->abort();
  run_until(loop, [&] { return accepted.size() == 2; });
  accepted[1]->abort();
  ::close(first);
  ::close(second);
}

TEST(EpollConnector, SaysThatNobodyListens) {
  Loop loop;
  std::uint16_t port = 0;
  { port = open().port(); }
  std::string error;
  Connector connector(loop, {"127.0.0.1", port, 5s}, [&](auto result) {
    ASSERT_FALSE(result.has_value());
    error = result.error();
  });
  run_until(loop, [&] { return !error.empty(); });
  EXPECT_EQ(error, "127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST(EpollConnector, LooksUpNames) {
  Loop loop;
  bool accepted = false;
  Listener listener(loop, open(), [&](Stream& stream) {
    accepted = true;
    stream.abort();
  });
  Connector connector(loop, {"localhost", listener.port(), 5s}, [&](auto result) {
    ASSERT_TRUE(result.has_value()) << result.error();
    (*result)->abort();
  });
  run_until(loop, [&] { return accepted; });
}

TEST(EpollConnector, SaysThatANameIsUnknown) {
  Loop loop;
  std::string error;
  Connector connector(loop, {"no-such-host.invalid", 1, 5s}, [&](auto result) { error = result.error(); });
  run_until(loop, [&] { return !error.empty(); });
  EXPECT_NE(error.find("no-such-host.invalid"), std::string::npos);
}

TEST(EpollConnector, GivenUpItSaysNothing) {
  Loop loop;
  Listener listener(loop, open(), [](Stream& stream) { stream.abort(); });
  {
    Connector connector(loop, {"127.0.0.1", listener.port(), 5s}, [](auto) { FAIL(); });
  }
  {
    Connector connector(loop, {"localhost", listener.port(), 5s}, [](auto) { FAIL(); });
  }
  for (int i = 0; i < 5; ++i) loop.turn(1ms);
}

}  // namespace
}  // namespace tutti::net::epoll
