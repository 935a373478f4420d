#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace tutti {
namespace {

TEST(SharedBytes, HoldsACopy) {
  std::string text = "hello";
  const SharedBytes bytes = SharedBytes::copy(text);
  text[0] = 'j';
  EXPECT_EQ(bytes.view(), "hello");
  EXPECT_EQ(bytes.size(), 5u);
}

TEST(SharedBytes, EmptyCostsNothing) {
  EXPECT_EQ(SharedBytes().data(), nullptr);
  EXPECT_TRUE(SharedBytes::copy("").empty());
  EXPECT_EQ(SharedBytes::copy("").data(), nullptr);
  EXPECT_EQ(sizeof(SharedBytes), sizeof(void*));
}

TEST(SharedBytes, CopiesShareTheBytes) {
  const SharedBytes first = SharedBytes::copy("shared");
  SharedBytes second = first;
  EXPECT_EQ(first.data(), second.data());
  const SharedBytes third = std::move(second);
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  EXPECT_EQ(third.data(), first.data());
}

TEST(SharedBytes, AssignmentReleasesWhatWasHeld) {
  SharedBytes bytes = SharedBytes::copy("one");
  const SharedBytes& self = bytes;
  bytes = self;
  EXPECT_EQ(bytes.view(), "one");
  bytes = SharedBytes::copy("two");
  EXPECT_EQ(bytes.view(), "two");
}

TEST(SharedBytes, AllocatedRoomIsFilledBeforeItIsShared) {
  char* data = nullptr;
  const SharedBytes bytes = SharedBytes::allocate(3, data);
  std::memcpy(data, "abc", 3);
  EXPECT_EQ(bytes.view(), "abc");
}

TEST(SharedBytes, ManyThreadsMayCopyAndDrop) {
  const SharedBytes bytes = SharedBytes::copy(std::string(1000, 'x'));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([bytes] {
      for (int i = 0; i < 1000; ++i) {
        const SharedBytes copy = bytes;
        EXPECT_EQ(copy.size(), 1000u);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace tutti
