#include "documents/log/memory_log.hpp"

#include "log_contract.hpp"

namespace tutti::documents::testing {
namespace {

struct OverMemory {
  ManualScheduler clock;
  MemoryStore store;
  std::unique_ptr<MemoryLog> memory_log = std::make_unique<MemoryLog>(clock, store);
  Log& log() { return *memory_log; }
  void wait(const std::function<bool()>& done) {
    for (int i = 0; i < 10 && !done(); ++i) clock.advance(Duration::zero());
  }
  void reopen() { memory_log = std::make_unique<MemoryLog>(clock, store); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, LogContract, OverMemory);

TEST(MemoryLog, CallsNothingAfterItIsGone) {
  ManualScheduler clock;
  MemoryStore store;
  bool called = false;
  auto log = std::make_unique<MemoryLog>(clock, store);
  log->load("doc", [&](auto) { called = true; });
  log.reset();
  clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace tutti::documents::testing
