#include "base/function.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace tutti {
namespace {

// Counts its living copies.
struct Counted {
  int* alive;
  explicit Counted(int& count) : alive(&count) { ++*alive; }
  Counted(const Counted& other) : alive(other.alive) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  ~Counted() { --*alive; }
};

TEST(UniqueFunction, CallsWhatItHolds) {
  UniqueFunction<int(int, int)> add = [](int a, int b) { return a + b; };
  EXPECT_EQ(add(2, 3), 5);
  EXPECT_EQ(add(4, 5), 9);
}

TEST(UniqueFunction, IsFalseWhileEmpty) {
  Task task;
  EXPECT_FALSE(task);
  task = [] {};
  EXPECT_TRUE(task);
  task = nullptr;
  EXPECT_FALSE(task);
}

TEST(UniqueFunction, HoldsWhatCanOnlyBeMoved) {
  UniqueFunction<int()> read = [value = std::make_unique<int>(7)] { return *value; };
  UniqueFunction<int()> moved = std::move(read);
  EXPECT_FALSE(read);  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  EXPECT_EQ(moved(), 7);
}

TEST(UniqueFunction, KeepsItsStateBetweenCalls) {
  UniqueFunction<int()> next = [n = 0]() mutable { return ++n; };
  next();
  EXPECT_EQ(next(), 2);
}

TEST(UniqueFunction, PassesReferencesAndMovedArguments) {
  UniqueFunction<void(std::string&, std::unique_ptr<int>)> append = [](std::string& out, std::unique_ptr<int> n) {
    out += std::to_string(*n);
  };
  std::string out = "a";
  append(out, std::make_unique<int>(1));
  EXPECT_EQ(out, "a1");
}

template <std::size_t kPadding>
void destroys_exactly_once() {
  int alive = 0;
  {
    Task task = [counted = Counted(alive), padding = std::array<char, kPadding>{}] { (void)padding; };
    Task other = std::move(task);
    task = std::move(other);
    Task& self = task;
    task = std::move(self);
    task();
    EXPECT_EQ(alive, 1);
    task = [] {};
    EXPECT_EQ(alive, 0);
    task = [counted = Counted(alive)] {};
  }
  EXPECT_EQ(alive, 0);
}

TEST(UniqueFunction, DestroysWhatIsStoredInPlaceExactlyOnce) { destroys_exactly_once<1>(); }
TEST(UniqueFunction, DestroysWhatIsStoredOnTheHeapExactlyOnce) { destroys_exactly_once<100>(); }

}  // namespace
}  // namespace tutti
