// The embedded store after crashes: a process that is killed while it writes, and a write-ahead log that was cut.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/random.hpp"
#include "documents/log/sqlite_db.hpp"
#include "documents/log/sqlite_store.hpp"
#include "harness.hpp"
#include "test_shard.hpp"

namespace tutti::documents::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kDocuments = 5;

struct Directory {
  Directory() {
    std::string name = fs::temp_directory_path() / "tutti-crash-XXXXXX";
    path = mkdtemp(name.data());
  }
  ~Directory() { fs::remove_all(path); }
  std::string path;
};

std::string id_of(int document) { return "doc-" + std::to_string(document); }

RevisionPtr revision(std::uint64_t version) {
  auto made = std::make_shared<Revision>();
  made->version = version;
  made->time_ms = static_cast<std::int64_t>(version);
  made->composed = change(R"(["x"])");
  made->operations.push_back({std::make_shared<const Author>(Author{"ann", "c1"}), version, made->composed});
  return made;
}

SqliteOptions options(const std::string& directory, Durability durability) {
  SqliteOptions made{.directory = directory, .durability = durability};
  made.settle_at = 7;
  made.settle_after = std::chrono::milliseconds(5);
  made.wal_pages = 50;
  return made;
}

// Loads every document: how many revisions each has. Fails the test if one cannot be read, or has a gap.
std::vector<std::uint64_t> heads(const std::string& directory, Durability durability) {
  std::vector<std::uint64_t> heads(kDocuments, 0);
  TestShard shard;
  auto store = SqliteStore::open(options(directory, durability));
  EXPECT_TRUE(store.has_value()) << store.error();
  if (!store.has_value()) return heads;
  auto log = (*store)->log(shard);
  for (int document = 0; document < kDocuments; ++document) {
    bool answered = false;
    log->read(id_of(document), 0, 1'000'000, 1'000'000, [&](Result<ReadRevisions, LogError> read) {
      answered = true;
      if (!read.has_value()) {
        EXPECT_EQ(read.error(), LogError::not_found);
        return;
      }
      heads[static_cast<std::size_t>(document)] = read->head;
      EXPECT_EQ(read->revisions.size(), read->head);
      for (std::size_t i = 0; i < read->revisions.size(); ++i) EXPECT_EQ(read->revisions[i]->operations[0].seq, i + 1);
    });
    EXPECT_TRUE(shard.run_until([&] { return answered; }));
  }
  log.reset();
  store->reset();
  return heads;
}

// Appends to all documents for ever, and tells `out` of each revision that was acknowledged.
[[noreturn]] void write_for_ever(const std::string& directory, Durability durability, int out) {
  TestShard shard;
  auto store = SqliteStore::open(options(directory, durability));
  if (!store.has_value()) _exit(3);
  auto log = (*store)->log(shard);
  std::vector<std::uint64_t> head(kDocuments, UINT64_MAX);
  for (int document = 0; document < kDocuments; ++document) {
    log->load_or_create(id_of(document), {"text", "e1", 1}, [&, document](Result<LoadedDocument, LogError> loaded) {
      if (!loaded.has_value()) _exit(4);
      head[static_cast<std::size_t>(document)] = loaded->revisions.empty()
                                                     ? (loaded->snapshot ? loaded->snapshot->version : 0)
                                                     : loaded->revisions.back()->version;
    });
  }
  shard.run_until([&] { return std::none_of(head.begin(), head.end(), [](auto it) { return it == UINT64_MAX; }); });
  std::function<void(int)> append = [&](int document) {
    const std::uint64_t expected = head[static_cast<std::size_t>(document)];
    log->append(id_of(document), "e1", expected, revision(expected + 1), [&, document](AppendResult result) {
      if (result.status != AppendResult::Status::ok) _exit(5);
      const std::uint64_t told[2] = {static_cast<std::uint64_t>(document), ++head[static_cast<std::size_t>(document)]};
      if (::write(out, told, sizeof told) != sizeof told) _exit(6);
      append(document);
    });
  };
  for (int document = 0; document < kDocuments; ++document) append(document);
  shard.run_until([] { return false; });
  _exit(7);
}

// Whether there is something to read within half a minute.
bool readable(int file) {
  pollfd waiting{file, POLLIN, 0};
  return ::poll(&waiting, 1, 30'000) == 1;
}

// One writer, killed a moment after it began to acknowledge; or, with `while_starting`, after it was started. What it
// was told is kept goes to `acknowledged`. Returns how many acknowledgements there were.
std::uint64_t write_and_kill(const std::string& directory, Durability durability, useconds_t after, bool while_starting,
                             std::vector<std::uint64_t>& acknowledged) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe_ends[0]);
    write_for_ever(directory, durability, pipe_ends[1]);
  }
  ::close(pipe_ends[1]);
  if (!while_starting) EXPECT_TRUE(readable(pipe_ends[0])) << "the writer has acknowledged nothing";
  ::usleep(after);  // not a wait for something: the moment of the crash
  ::kill(child, SIGKILL);
  std::uint64_t told[2];
  std::uint64_t count = 0;
  for (; ::read(pipe_ends[0], told, sizeof told) == sizeof told; ++count) {
    acknowledged[told[0]] = std::max(acknowledged[told[0]], told[1]);
  }
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
      << "the writer ended by itself: " << WEXITSTATUS(status);
  return count;
}

void expect_kept(Durability durability, int kills, std::uint64_t seed) {
  const Directory directory;
  SeededRandom random(seed);
  std::vector<std::uint64_t> acknowledged(kDocuments, 0);
  int under_load = 0;  // kills of a writer that had acknowledged something
  for (int i = 0; i < kills; ++i) {
    const auto after = static_cast<useconds_t>(random.below(40'000));
    under_load += write_and_kill(directory.path, durability, after, i % 4 == 3, acknowledged) > 0;
    const auto kept = heads(directory.path, durability);
    for (std::size_t document = 0; document < kept.size(); ++document) {
      ASSERT_GE(kept[document], acknowledged[document]) << "kill " << i << ", document " << document;
    }
  }
  EXPECT_GE(under_load, kills * 3 / 4 - 1);
  std::uint64_t total = 0;
  for (const std::uint64_t it : acknowledged) total += it;
  std::printf("%d kills, %d under load, %llu revisions acknowledged, none missing\n", kills, under_load,
              static_cast<unsigned long long>(total));
}

// How often, from the environment: TUTTI_KILLS=200 for the long run.
int kills() {
  const char* text = std::getenv("TUTTI_KILLS");
  return text != nullptr ? std::atoi(text) : 20;
}

TEST(SqliteCrash, LosesNothingAcknowledgedWhenTheProcessIsKilled) { expect_kept(Durability::full, kills(), 1); }

TEST(SqliteCrash, LosesNothingAcknowledgedWithNormalDurabilityEither) { expect_kept(Durability::normal, kills(), 2); }

// The file as it was at some moment, with the write-ahead log cut anywhere: what survives is a prefix, and opens.
TEST(SqliteCrash, OpensWithAPrefixWhereverTheWriteAheadLogIsCut) {
  const Directory directory;
  const Directory copy;
  // Everything stays in the write-ahead log.
  SqliteOptions big = options(directory.path, Durability::full);
  big.wal_pages = 1'000'000;
  TestShard shard;
  auto store = *SqliteStore::open(big);
  auto log = store->log(shard);
  std::uint64_t answered = 0;
  bool made = false;
  log->load_or_create(id_of(0), {"text", "e1", 1}, [&](auto) { made = true; });
  ASSERT_TRUE(shard.run_until([&] { return made; }));
  // How long the log was when each revision was acknowledged.
  std::vector<std::uintmax_t> size_at{0};
  const std::string wal = directory.path + "/documents.db-wal";
  for (std::uint64_t version = 1; version <= 120; ++version) {
    log->append(id_of(0), "e1", version - 1, revision(version), [&](AppendResult result) {
      EXPECT_EQ(result.status, AppendResult::Status::ok);
      ++answered;
    });
    ASSERT_TRUE(shard.run_until([&] { return answered == version; }));
    size_at.push_back(fs::file_size(wal));
  }
  for (const char* file : {"/documents.db", "/documents.db-wal"}) {
    fs::copy_file(directory.path + file, copy.path + file, fs::copy_options::overwrite_existing);
  }
  SeededRandom random(3);
  const std::uintmax_t whole = fs::file_size(copy.path + "/documents.db-wal");
  for (int i = 0; i < 60; ++i) {
    const Directory cut;
    for (const char* file : {"/documents.db", "/documents.db-wal"}) fs::copy_file(copy.path + file, cut.path + file);
    const std::uintmax_t size = i == 0 ? whole : random.below(whole + 1);
    fs::resize_file(cut.path + "/documents.db-wal", size);
    const std::uint64_t head = heads(cut.path, Durability::full)[0];
    // Everything that was acknowledged while the log was no longer than this.
    std::uint64_t least = 0;
    while (least + 1 < size_at.size() && size_at[least + 1] <= size) ++least;
    EXPECT_GE(head, least) << "cut at " << size << " of " << whole;
  }
  log.reset();
  store.reset();
  while (shard.turn()) {
  }
}

TEST(SqliteDurability, MemoryRenewsTheEpochAtTheNextStart) {
  const Directory directory;
  std::string epoch[2];
  for (std::string& it : epoch) {
    TestShard shard;
    auto store = *SqliteStore::open(options(directory.path, Durability::memory));
    auto log = store->log(shard);
    std::uint64_t head = UINT64_MAX;
    log->load_or_create("doc", {"text", "made", 1}, [&](Result<LoadedDocument, LogError> loaded) {
      it = loaded->epoch;
      head = loaded->revisions.size();
    });
    ASSERT_TRUE(shard.run_until([&] { return head != UINT64_MAX; }));
    bool ok = false;
    log->append("doc", it, head, revision(head + 1),
                [&](AppendResult result) { ok = result.status == AppendResult::Status::ok; });
    ASSERT_TRUE(shard.run_until([&] { return ok; }));
    log.reset();
    store.reset();
    while (shard.turn()) {
    }
  }
  EXPECT_EQ(epoch[0], "made");
  EXPECT_NE(epoch[1], "made");
}

TEST(SqliteBackup, IsAWholeStoreWhileItRuns) {
  const Directory directory;
  const Directory target;
  std::vector<std::uint64_t> acknowledged(kDocuments, 0);
  {
    TestShard shard;
    auto store = *SqliteStore::open(options(directory.path, Durability::normal));
    auto log = store->log(shard);
    std::uint64_t done = 0;
    log->load_or_create(id_of(0), {"text", "e1", 1}, [&](auto) { done = 1; });
    ASSERT_TRUE(shard.run_until([&] { return done == 1; }));
    for (std::uint64_t version = 1; version <= 50; ++version) {
      log->append(id_of(0), "e1", version - 1, revision(version), [&](AppendResult) { ++done; });
    }
    ASSERT_TRUE(shard.run_until([&] { return done == 51; }));
    EXPECT_EQ(store->backup(target.path + "/documents.db"), std::nullopt);
    log.reset();
  }
  EXPECT_EQ(heads(target.path, Durability::full)[0], 50u);
}

TEST(SqliteStore, RefusesAFileOfANewerProgram) {
  const Directory directory;
  { auto store = *SqliteStore::open(options(directory.path, Durability::full)); }
  Database database;
  ASSERT_TRUE(database.open(directory.path + "/documents.db", false));
  ASSERT_TRUE(database.exec("PRAGMA user_version = 99"));
  EXPECT_FALSE(SqliteStore::open(options(directory.path, Durability::full)).has_value());
}

}  // namespace
}  // namespace tutti::documents::testing
