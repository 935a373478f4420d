#include "server/store.hpp"

#include <mutex>
#include <vector>

#include "documents/log/memory_log.hpp"

namespace tutti::server {
namespace {

// Each worker owns its documents, so each has a store of its own.
class MemoryStores final : public Store {
 public:
  std::unique_ptr<documents::Log> make_log(Shard& shard) override {
    stores_.push_back(std::make_unique<documents::MemoryStore>());
    return std::make_unique<documents::MemoryLog>(shard.scheduler(), *stores_.back());
  }
  std::string problem() const override { return {}; }
  void add_metrics(metrics::Registry&) const override {}

 private:
  std::vector<std::unique_ptr<documents::MemoryStore>> stores_;
};

}  // namespace

Result<std::unique_ptr<Store>, StoreError> Store::open(const Settings&) {
  return std::unique_ptr<Store>(std::make_unique<MemoryStores>());
}

}  // namespace tutti::server
