// sim/store.hpp: a store that several servers share, slow and unreliable: what is not synced is lost at a crash,
// answers are lost, calls fail.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "documents/log/memory_log.hpp"
#include "loop.hpp"

namespace tutti::sim {

struct StoreFaults {
  double unavailable = 0.01;  // a call fails without being done
  double lost_answer = 0.01;  // an append is done, and answered as unavailable
  bool forgets = false;       // a crash takes acknowledged revisions too, and the epoch changes
};

class Store {
 public:
  Store(Loop& loop, StoreFaults faults) : loop_(loop), faults_(faults) {}

  // Appends wait for the next sync; all of them are answered together.
  struct Append {
    std::string document;
    std::string epoch;
    std::uint64_t expected;
    documents::RevisionPtr revision;
    std::function<void(documents::AppendResult)> answer;
  };
  void append(Append append);
  // Power is lost: of what waits for the sync a part is kept, nobody is told which.
  void crash();

  documents::MemoryStore& durable() noexcept { return durable_; }
  const StoreFaults& faults() const noexcept { return faults_; }
  void heal() noexcept { faults_.unavailable = faults_.lost_answer = 0; }
  Loop& loop() noexcept { return loop_; }
  // Every revision that was ever committed and not lost, also those the log has forgotten.
  const std::vector<documents::RevisionPtr>& archive() const noexcept { return archive_; }

 private:
  documents::AppendResult commit(Append& append);
  void sync();

  Loop& loop_;
  StoreFaults faults_;
  documents::MemoryStore durable_;
  std::vector<Append> waiting_;
  std::uint64_t syncs_ = 0;  // started; a crash ends the one under way
  std::vector<documents::RevisionPtr> archive_;
};

// What a server is connected to the store with. `around` runs each answer: it may leave it out (the server has just
// crashed), or crash the server behind it.
class StoreLog final : public documents::Log {
 public:
  using Around = std::function<void(Task)>;
  StoreLog(Store& store, Around around)
      : store_(store),
        link_(std::make_shared<Link>(Link{std::move(around)})),
        inner_clock_(),
        inner_(inner_clock_, store.durable()) {}
  ~StoreLog() override { link_->open = false; }

  void load(std::string_view document, Loaded loaded) override;
  void load_or_create(std::string_view document, Create create, Loaded loaded) override;
  void append(std::string_view document, std::string_view epoch, std::uint64_t expected_version,
              documents::RevisionPtr revision, Appended appended) override;
  void read(std::string_view document, std::uint64_t from, std::uint64_t to, std::size_t limit, Read read) override;
  void read_spans(std::string_view document, std::string_view epoch, std::uint64_t from, std::uint64_t to,
                  Spans spans) override;
  void read_snapshot(std::string_view document, std::string_view epoch, std::uint64_t version,
                     Snapshots snapshot) override;
  void save_snapshot(std::string_view document, std::string_view epoch, documents::SnapshotPtr snapshot,
                     const Retention& retention, Saved saved) override;
  void renew_epoch(std::string_view document, std::string epoch, Done done) override;
  void remove(std::string_view document, Done done) override;
  void list(std::string_view after, std::size_t limit, Listed listed) override;
  void save_version(std::string_view document, documents::NamedVersion version, Done done) override;
  void remove_version(std::string_view document, std::string_view name, Done done) override;
  void list_versions(std::string_view document, Versions versions) override;

 private:
  struct Link {
    Around around;
    bool open = true;
  };
  // The call arrives at the store after a while; `call` does it over the memory log and its answer travels back.
  template <class T, class Call>
  void travel(UniqueFunction<void(Result<T, documents::LogError>)> answer, Call call);
  void back(Task answer);

  Store& store_;
  std::shared_ptr<Link> link_;
  ManualScheduler inner_clock_;
  documents::MemoryLog inner_;
};

}  // namespace tutti::sim
