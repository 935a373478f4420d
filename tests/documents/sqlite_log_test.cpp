#include <filesystem>

#include "documents/log/sqlite_store.hpp"
#include "log_contract.hpp"
#include "test_shard.hpp"

namespace tutti::documents::testing {
namespace {

struct Directory {
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "tutti-documents-XXXXXX";
    path = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::string path;
};

template <Durability kDurability, std::size_t kSettleAt>
struct OverSqlite {
  OverSqlite() { start(); }
  ~OverSqlite() { end(); }
  void start() {
    SqliteOptions options{.directory = directory.path, .durability = kDurability};
    options.settle_at = kSettleAt;
    store = *SqliteStore::open(options);
    sqlite_log = store->log(shard);
  }
  void end() {
    sqlite_log.reset();
    store.reset();
    while (shard.turn()) {
    }
  }
  Log& log() { return *sqlite_log; }
  void wait(const std::function<bool()>& done) { shard.run_until(done); }
  void reopen() { end(), start(); }

  Directory directory;
  TestShard shard;
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<Log> sqlite_log;
};

using Full = OverSqlite<Durability::full, 64>;
using Normal = OverSqlite<Durability::normal, 1>;
using InMemory = OverSqlite<Durability::normal, 100'000>;  // everything stays in the journal
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteFull, LogContract, Full);
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteSettledAtOnce, LogContract, Normal);
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteJournal, LogContract, InMemory);

}  // namespace
}  // namespace tutti::documents::testing
