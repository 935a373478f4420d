#include "server/store.hpp"

#include <atomic>

#include "documents/log/sqlite_store.hpp"

namespace tutti::server {
namespace {

using documents::SqliteStats;
using documents::SqliteStore;

class EmbeddedStore final : public Store {
 public:
  explicit EmbeddedStore(std::unique_ptr<SqliteStore> store) : store_(std::move(store)) {}

  std::unique_ptr<documents::Log> make_log(Shard& shard) override { return store_->log(shard); }

  // Transactions have failed since the last one that went well, as far as has been seen at earlier questions.
  std::string problem() const override {
    const SqliteStats& stats = store_->stats();
    const std::uint64_t done = stats.transactions.value(), failed = stats.transactions_failed.value();
    const bool moved_on = done_.exchange(done) != done;
    const bool fails = failed_.exchange(failed) != failed;
    if (fails || moved_on) failing_ = fails;
    return failing_ ? "store: transactions fail" : "";
  }

  void add_metrics(metrics::Registry& registry) const override {
    const SqliteStats& stats = store_->stats();
    registry.add({"tutti_store_transactions_total", "Transactions, by outcome.", {{"result", "done"}}},
                 stats.transactions);
    registry.add({"tutti_store_transactions_total", "Transactions, by outcome.", {{"result", "failed"}}},
                 stats.transactions_failed);
    registry.add({"tutti_store_revisions_total", "Revisions written."}, stats.revisions);
    registry.add({"tutti_store_journal_bytes_total", "Bytes written to the journal."}, stats.journal_bytes);
    registry.add({"tutti_store_settled_documents_total", "Documents moved from the journal to their place."},
                 stats.settled_documents);
    registry.add({"tutti_store_reads_total", "Requests that read."}, stats.reads);
    registry.add({"tutti_store_damaged_total", "Records that could not be read."}, stats.damaged);
    registry.add({"tutti_store_commit_seconds", "Time of one transaction, fsync included."}, stats.commit_seconds);
    registry.add({"tutti_store_group_revisions", "Revisions of one transaction."}, stats.group_revisions);
  }

 private:
  std::unique_ptr<SqliteStore> store_;
  mutable std::atomic<std::uint64_t> done_{0}, failed_{0};
  mutable std::atomic<bool> failing_{false};
};

}  // namespace

Result<std::unique_ptr<Store>, StoreError> Store::open(const Settings& settings) {
  documents::SqliteOptions options;
  options.directory = settings.data;
  options.durability = settings.durability;
  auto store = SqliteStore::open(std::move(options));
  if (!store) return StoreError{store.error()};
  return std::unique_ptr<Store>(std::make_unique<EmbeddedStore>(std::move(*store)));
}

}  // namespace tutti::server
