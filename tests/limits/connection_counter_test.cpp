#include "limits/connection_counter.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tutti::limits {
namespace {

TEST(ConnectionCounter, RefusesAboveTheLimitAndAdmitsAgainAfterARelease) {
  ConnectionCounter counter(2);
  auto first = counter.acquire("ann");
  auto second = counter.acquire("ann");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(counter.acquire("ann"));
  EXPECT_TRUE(counter.acquire("bob")) << "another user is not affected";
  first.reset();
  EXPECT_TRUE(counter.acquire("ann"));
}

TEST(ConnectionCounter, ARefusalDoesNotCount) {
  ConnectionCounter counter(1);
  const auto lease = counter.acquire("ann");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(counter.acquire("ann"));
  EXPECT_EQ(counter.connections_of("ann"), 1u);
}

TEST(ConnectionCounter, ForgetsAUserWithoutConnections) {
  ConnectionCounter counter(5);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(counter.acquire("user" + std::to_string(i)));
  EXPECT_EQ(counter.users(), 0u);
}

TEST(ConnectionCounter, CountsWithoutALimitToo) {
  ConnectionCounter counter(0);
  std::vector<ConnectionCounter::Lease> leases;
  for (int i = 0; i < 100; ++i) leases.push_back(*counter.acquire("ann"));
  EXPECT_EQ(counter.connections_of("ann"), 100u);
  leases.clear();
  EXPECT_EQ(counter.users(), 0u);
}

TEST(ConnectionCounter, AMovedLeaseReleasesOnce) {
  ConnectionCounter counter(5);
  ConnectionCounter::Lease held;
  {
    auto lease = counter.acquire("ann");
    held = std::move(*lease);
  }
  EXPECT_EQ(counter.connections_of("ann"), 1u);
  held = *counter.acquire("bob");
  EXPECT_EQ(counter.connections_of("ann"), 0u) << "assignment releases what was held";
  held = {};
  EXPECT_EQ(counter.users(), 0u);
}

TEST(ConnectionCounter, IsExactWhenManyThreadsAcquireAndRelease) {
  ConnectionCounter counter(3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 1000; ++i) {
        const auto lease = counter.acquire("ann");
        EXPECT_LE(counter.connections_of("ann"), 3u);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counter.users(), 0u);
}

}  // namespace
}  // namespace tutti::limits
