// bench_documents: what sessions and the embedded store do in one process, without a network.
//
//   bench_documents [one|typists|many|history|idle] [--seconds N]
//
// Prints a line of name=value pairs for each figure. Everybody's final version is checked before a figure is printed.
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/manual_scheduler.hpp"
#include "base/shard.hpp"
#include "documents/log/memory_log.hpp"
#include "documents/log/sqlite_store.hpp"
#include "documents/session.hpp"
#include "ot/change_builder.hpp"

namespace {

using namespace tutti;
using namespace tutti::documents;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& it) {
    return static_cast<double>(it.tv_sec) + static_cast<double>(it.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

std::size_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  status >> total >> resident;
  return resident * 4096;
}

// Counts what it is given, and remembers which operation of each connection was acknowledged.
class CountingSink : public MemberSink {
 public:
  explicit CountingSink(std::size_t connections) : acknowledged(connections + 1, 0), version(connections + 1, 0) {}
  std::vector<std::uint64_t> acknowledged;  // newest seq
  std::vector<std::uint64_t> version;       // where the connection stands
  std::vector<Connection> ready;            // acknowledged since it was last looked at
  std::uint64_t updates = 0;
  std::uint64_t refused = 0;

  void refuse(const ReplyTo&, const Error&) override { ++refused; }
  void refuse_stale(const ReplyTo&, const Error&, const Whole&) override { ++refused; }
  void opened(const ReplyTo& to, const Opened&) override { ready.push_back(to.connection); }
  void acknowledge(const ReplyTo& to, const Acknowledgement& own) override {
    acknowledged[to.connection] = own.seq;
    version[to.connection] = own.frame->version;
    ready.push_back(to.connection);
  }
  void duplicate(const ReplyTo&, std::uint64_t, std::uint64_t) override {}
  void left(const ReplyTo&, const Name&) override {}
  void removed(const ReplyTo&, const Name&) override {}
  void history(const ReplyTo&, const History&) override {}
  void snapshot(const ReplyTo&, const Whole&) override {}
  void stored(const ReplyTo&, const std::string&, std::uint64_t) override {}
  void update(std::span<const Connection> to, const UpdatePtr& update) override {
    updates += to.size();
    for (const Connection it : to) version[it] = update->version;
  }
  void presence(std::span<const Connection>, const PresenceNewsPtr&) override {}
  void closed(Connection, const Name&, CloseReason) override { ++refused; }
  void user_joined(std::span<const Connection>, const std::string&, const presence::Member&) override {}
  void user_left(std::span<const Connection>, const std::string&, const presence::Member&) override {}
  void user_count(std::span<const Connection>, const std::string&, std::size_t,
                  const std::vector<presence::Member>*) override {}
};

PeerPtr peer(Connection connection) {
  return std::make_shared<const Peer>(
      Peer{connection, "s" + std::to_string(connection), "user-" + std::to_string(connection), false});
}

Change typing(Random& random, std::size_t length) {
  ot::ChangeBuilder builder;
  if (const auto at = random.below(length + 1)) builder.retain(at);
  const char letter[1] = {static_cast<char>('a' + random.below(26))};
  return *builder.insert({letter, 1}).build();
}

// One document in memory; its members on a clock moved by hand.
struct Stage {
  explicit Stage(std::size_t members) : sink(members), random(1) {
    limits.users = 0;
    limits.operations_per_member = {};
    log = std::make_unique<MemoryLog>(clock, store);
    session =
        std::make_unique<Session>(SessionContext{clock, random, *log, sink, access, nullptr, limits, stats}, "doc");
    peers.push_back(nullptr);
    for (Connection it = 1; it <= members; ++it) {
      peers.push_back(peer(it));
      OpenRequest request;
      request.document = "doc";
      request.create = true;
      request.client = "client-" + std::to_string(it);
      clients.push_back(request.client);
      session->open(peers.back(), {it, 0}, std::move(request));
    }
    clock.advance(1ms), clock.advance(1ms);
  }
  ~Stage() { log.reset(); }

  void send(Connection it, std::uint64_t seq) {
    OperationRequest request;
    request.document = "doc";
    request.version = sink.version[it];
    request.client = clients[it - 1];
    request.seq = seq;
    request.change = typing(random, session->version() == request.version ? session->content().length() : 0);
    request.base_length = request.change.base_length();
    session->operation({it, seq}, std::move(request));
  }
  void check() const {
    for (Connection it = 1; it < sink.version.size(); ++it) {
      if (sink.version[it] == session->version() && sink.refused == 0) continue;
      std::fprintf(stderr, "connection %llu stands at %llu of %llu, %llu refused\n",
                   static_cast<unsigned long long>(it), static_cast<unsigned long long>(sink.version[it]),
                   static_cast<unsigned long long>(session->version()), static_cast<unsigned long long>(sink.refused));
      std::exit(EXIT_FAILURE);
    }
  }

  ManualScheduler clock;
  Limits limits;
  MemoryStore store;
  CountingSink sink;
  SeededRandom random;
  OpenAccess access;
  Stats stats;
  std::unique_ptr<MemoryLog> log;
  std::unique_ptr<Session> session;
  std::vector<PeerPtr> peers;
  std::vector<std::string> clients;
};

// 100 authors, each sends its next operation as soon as the last one is acknowledged.
void one_document(double seconds) {
  Stage stage(100);
  stage.limits.interval_per_member = 0us;
  stage.limits.document_bytes = std::size_t{1} << 30;
  stage.limits.log_window_revisions = 1000;
  stage.limits.log_window_age = 0h;
  const auto start = Clock::now();
  const double cpu = cpu_seconds();
  std::uint64_t operations = 0;
  while (seconds_since(start) < seconds) {
    for (const Connection it : std::exchange(stage.sink.ready, {})) {
      stage.send(it, stage.sink.acknowledged[it] + 1);
      ++operations;
    }
    stage.clock.advance(1us);
  }
  for (int i = 0; i < 4; ++i) stage.clock.advance(1ms);
  stage.check();
  const double used = cpu_seconds() - cpu;
  std::printf("one_document authors=100 operations=%llu per_cpu_second=%.0f flushes=%llu length=%zu\n",
              static_cast<unsigned long long>(operations), static_cast<double>(operations) / used,
              static_cast<unsigned long long>(stage.stats.revisions.value()), stage.session->content().length());
}

// So many people, one operation a second each, and a pause of the whole process of one second in the middle: simulated
// time for when things are sent, real CPU for what they cost.
void typists(std::size_t people) {
  Stage stage(people);
  std::uint64_t sent = 0;
  const double cpu = cpu_seconds();
  const auto tick = [&](std::size_t part) {
    for (Connection it = 1 + part; it <= people; it += 100) {
      const std::uint64_t seq = stage.sink.acknowledged[it] + 1;
      stage.send(it, seq);
      ++sent;
    }
  };
  const auto run = [&](int hundredths) {
    double most = 0;
    for (int i = 0; i < hundredths; ++i) {
      const double before = cpu_seconds();
      tick(static_cast<std::size_t>(i) % 100);
      stage.clock.advance(10ms);
      most = std::max(most, cpu_seconds() - before);
    }
    return most;
  };
  const double steady = run(300);
  const double steady_cpu = cpu_seconds() - cpu;
  // What comes in during the pause is there at once when it ends.
  const double before = cpu_seconds();
  for (std::size_t part = 0; part < 100; ++part) tick(part);
  stage.clock.advance(1ms), stage.clock.advance(1ms), stage.clock.advance(60ms);
  const double recovery = cpu_seconds() - before;
  run(100);
  for (int i = 0; i < 4; ++i) stage.clock.advance(60ms);
  stage.check();
  std::printf(
      "typists people=%zu operations=%llu cpu_share=%.3f longest_10ms_cpu_ms=%.1f pause_recovery_cpu_ms=%.1f "
      "updates=%llu flushes=%llu\n",
      people, static_cast<unsigned long long>(sent), steady_cpu / 3, steady * 1000, recovery * 1000,
      static_cast<unsigned long long>(stage.sink.updates),
      static_cast<unsigned long long>(stage.stats.revisions.value()));
}

// A shard that one thread turns in real time.
class BenchShard final : public Shard {
 public:
  void post(Task task) override {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(task));
    wake_.notify_one();
  }
  void defer(Task task) override { post(std::move(task)); }
  bool is_current() const noexcept override { return true; }
  Scheduler& scheduler() noexcept override { return clock; }
  Random& random() noexcept override { return random_; }
  std::uint32_t index() const noexcept override { return 0; }
  void turn(Duration patience) {
    std::deque<Task> tasks;
    {
      std::unique_lock lock(mutex_);
      if (posted_.empty()) wake_.wait_for(lock, patience);
      tasks.swap(posted_);
    }
    for (Task& task : tasks) task();
    const auto now = Clock::now();
    clock.advance(now - std::exchange(last_, now));
  }
  ManualScheduler clock;

 private:
  Clock::time_point last_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> posted_;
  SeededRandom random_{1};
};

struct Directory {
  Directory() {
    std::string name = (std::filesystem::current_path() / "bench-documents-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::string path;
};

// Many documents with two people each, over one SQLite file.
void many_documents(double seconds, Durability durability, const char* name, std::size_t documents) {
  const Directory directory;
  BenchShard shard;
  auto store = SqliteStore::open({.directory = directory.path, .durability = durability});
  if (!store.has_value()) {
    std::fprintf(stderr, "%s\n", store.error().c_str());
    std::exit(EXIT_FAILURE);
  }
  std::unique_ptr<Log> log = (*store)->log(shard);
  Limits limits;
  OpenAccess access;
  Stats stats;
  CountingSink sink(documents * 2);
  std::vector<std::unique_ptr<Session>> sessions;
  SessionContext context{shard.scheduler(), shard.random(), *log, sink, access, nullptr, limits, stats};
  for (std::size_t i = 0; i < documents; ++i) {
    sessions.push_back(std::make_unique<Session>(context, "doc-" + std::to_string(i)));
    for (Connection it : {Connection(2 * i + 1), Connection(2 * i + 2)}) {
      OpenRequest request;
      request.create = true;
      request.client = "c" + std::to_string(it);
      sessions.back()->open(peer(it), {it, 0}, std::move(request));
    }
  }
  while (sink.ready.size() < documents * 2) shard.turn(1ms);
  const auto start = Clock::now();
  const double cpu = cpu_seconds();
  const std::uint64_t before = stats.operations.value();
  std::vector<Clock::time_point> sent(documents * 2 + 1);
  std::vector<double> latencies;
  std::vector<bool> under_way(documents * 2 + 1, false);
  while (seconds_since(start) < seconds) {
    const auto now = Clock::now();
    for (const Connection it : std::exchange(sink.ready, {})) {
      if (under_way[it]) latencies.push_back(std::chrono::duration<double>(now - sent[it]).count());
      OperationRequest request;
      request.version = sink.version[it];
      request.client = "c" + std::to_string(it);
      request.seq = sink.acknowledged[it] + 1;
      request.change = *ot::ChangeBuilder().insert("x").build();
      sent[it] = now;
      under_way[it] = true;
      sessions[(it - 1) / 2]->operation({it, request.seq}, std::move(request));
    }
    shard.turn(1ms);
  }
  const double elapsed = seconds_since(start);
  const double used = cpu_seconds() - cpu;
  const std::uint64_t operations = stats.operations.value() - before;
  std::sort(latencies.begin(), latencies.end());
  const double p99 = latencies.empty() ? 0 : latencies[latencies.size() * 99 / 100];
  std::printf(
      "many_documents durability=%s documents=%zu operations=%llu per_second=%.0f per_cpu_second=%.0f p99_ms=%.1f "
      "refused=%llu\n",
      name, documents, static_cast<unsigned long long>(operations), static_cast<double>(operations) / elapsed,
      static_cast<double>(operations) / used, p99 * 1000, static_cast<unsigned long long>(sink.refused));
  log.reset();
  store->reset();
}

// A document of a million revisions: opening it, and catching up from 100,000 versions ago.
void long_history(std::uint64_t revisions) {
  const Directory directory;
  BenchShard shard;
  auto store = SqliteStore::open({.directory = directory.path, .durability = Durability::normal});
  std::unique_ptr<Log> log = (*store)->log(shard);
  SeededRandom random(5);
  std::uint64_t answered = 0;
  bool made = false;
  log->load_or_create("doc", {"text", "e", 1}, [&](auto) { made = true; });
  while (!made) shard.turn(1ms);
  const auto author = std::make_shared<const Author>(Author{"ann", "c1"});
  std::unique_ptr<Content> content = text_type().empty();
  for (std::uint64_t version = 1; version <= revisions; ++version) {
    auto revision = std::make_shared<Revision>();
    revision->version = version;
    const std::size_t at = std::min<std::size_t>(content->length(), version % 5000);
    ot::ChangeBuilder builder;
    if (at > 0) builder.retain(at);
    revision->composed = *(content->length() > 20'000 ? builder.erase(1) : builder.insert("x")).build();
    (void)content->apply(revision->composed);
    revision->operations.push_back({author, version, revision->composed});
    log->append("doc", "e", version - 1, std::move(revision), [&](AppendResult) { ++answered; });
    if (version % 4096 == 0) {
      while (answered + 8192 < version) shard.turn(1ms);
    }
  }
  while (answered < revisions) shard.turn(1ms);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = revisions - 100;
  snapshot->content = content->clone();  // near enough: what it costs is what is measured
  bool saved = false;
  log->save_snapshot("doc", "e", snapshot, {revisions * 2, 0}, [&](auto) { saved = true; });
  while (!saved) shard.turn(1ms);
  const auto timed = [&](auto call) {
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      const auto start = Clock::now();
      bool done = false;
      call(done);
      while (!done) shard.turn(1ms);
      best = std::min(best, seconds_since(start) * 1000);
    }
    return best;
  };
  const double load = timed([&](bool& done) { log->load("doc", [&](auto) { done = true; }); });
  std::size_t parts = 0;
  const double catch_up = timed([&](bool& done) {
    read_bridge(*log, "doc", "e", revisions - 100'000, 0, revisions, [&](std::optional<Bridge> bridge) {
      parts = bridge ? bridge->before.size() : 0;
      done = true;
    });
  });
  std::printf("long_history revisions=%llu load_ms=%.2f catch_up_100000_ms=%.2f catch_up_components=%zu file_mb=%.1f\n",
              static_cast<unsigned long long>(revisions), load, catch_up, parts,
              static_cast<double>(std::filesystem::file_size(directory.path + "/documents.db")) / 1e6);
  log.reset();
  store->reset();
}

// Open documents of 10 KB that nobody touches, with two members each.
void idle_documents(std::size_t documents) {
  ManualScheduler clock;
  MemoryStore store;
  Limits limits;
  OpenAccess access;
  Stats stats;
  SeededRandom random(1);
  CountingSink sink(documents * 2);
  auto log = std::make_unique<MemoryLog>(clock, store);
  SessionContext context{clock, random, *log, sink, access, nullptr, limits, stats};
  const Change text = *ot::ChangeBuilder().insert(std::string(10'000, 'x')).build();
  std::vector<std::unique_ptr<Session>> sessions;
  sessions.reserve(documents);
  for (std::size_t i = 0; i < documents; ++i) {
    // From a snapshot, whose text the store shares with nobody here.
    const std::string id = "doc-" + std::to_string(i);
    store.create(id, {"text", "e", 0});
  }
  const std::size_t before = resident_bytes();
  for (std::size_t i = 0; i < documents; ++i) {
    sessions.push_back(std::make_unique<Session>(context, "doc-" + std::to_string(i)));
    for (Connection it : {Connection(2 * i + 1), Connection(2 * i + 2)}) {
      OpenRequest request;
      request.client = "client-" + std::to_string(it);
      sessions.back()->open(peer(it), {it, 0}, std::move(request));
    }
  }
  clock.advance(1ms), clock.advance(1ms);
  for (std::size_t i = 0; i < documents; ++i) {
    OperationRequest request;
    request.client = "client-" + std::to_string(2 * i + 1);
    request.seq = 1;
    request.change = text;
    sessions[i]->operation({2 * i + 1, 1}, std::move(request));
  }
  for (int i = 0; i < 5; ++i) clock.advance(60ms);
  const std::size_t after = resident_bytes();
  std::printf("idle_documents documents=%zu members=2 bytes_each=%zu (the log's copy of the 10 KB change included)\n",
              documents, (after - before) / documents);
  log.reset();
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 3;
  std::string what;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else {
      what = argv[i];
    }
  }
  const auto wanted = [&](const char* name) { return what.empty() || what == name; };
  if (wanted("one")) one_document(seconds);
  if (wanted("typists")) {
    typists(2000);
    typists(10'000);
  }
  if (wanted("many")) {
    many_documents(seconds, Durability::memory, "memory", 9000);
    many_documents(seconds, Durability::normal, "normal", 9000);
    many_documents(seconds, Durability::full, "full", 9000);
  }
  if (wanted("history")) long_history(1'000'000);
  if (wanted("idle")) idle_documents(5000);
  return EXIT_SUCCESS;
}
