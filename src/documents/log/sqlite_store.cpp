#include "documents/log/sqlite_store.hpp"

#include <filesystem>

#include "documents/log/sqlite_log.hpp"

namespace tutti::documents {
namespace {

constexpr const char* kFile = "/documents.db";
constexpr std::size_t kReadsAtOnce = 64;

}  // namespace

struct SqliteStore::Threads {
  explicit Threads(SqliteOptions the_options)
      : options(std::move(the_options)), writer(options, catalogue, stats), reader(catalogue, stats) {}

  void write() { writer.run(writes); }
  void read() {
    while (auto jobs = reads.take(kReadsAtOnce, std::chrono::seconds(60))) {
      Answers answers;
      for (auto& job : *jobs) {
        job->run(reader);
        if (auto next = job->next()) {
          writes.push(std::move(next));
        } else {
          answers.add(std::move(job));
        }
      }
      answers.post();
    }
  }

  const SqliteOptions options;
  std::string path;
  SqliteStats stats;
  Catalogue catalogue;
  SqliteWriter writer;
  SqliteReader reader;
  JobQueue<WriteJob> writes;
  JobQueue<ReadJob> reads;
  std::thread write_thread;
  std::thread read_thread;
};

Result<std::unique_ptr<SqliteStore>, std::string> SqliteStore::open(SqliteOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return "cannot make " + options.directory + ": " + error.message();
  auto threads = std::make_unique<Threads>(std::move(options));
  threads->path = threads->options.directory + kFile;
  auto failed = threads->writer.open(threads->path);
  if (!failed) failed = threads->reader.open(threads->path);
  if (failed) return "cannot open " + threads->path + ": " + *failed;
  threads->write_thread = std::thread([&it = *threads] { it.write(); });
  threads->read_thread = std::thread([&it = *threads] { it.read(); });
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(threads)));
}

SqliteStore::SqliteStore(std::unique_ptr<Threads> threads) : threads_(std::move(threads)) {}

SqliteStore::~SqliteStore() {
  threads_->reads.close();
  threads_->read_thread.join();
  threads_->writes.close();
  threads_->write_thread.join();
}

std::unique_ptr<Log> SqliteStore::log(Shard& shard) {
  return std::make_unique<SqliteLog>(shard, threads_->writes, threads_->reads);
}

const SqliteStats& SqliteStore::stats() const noexcept { return threads_->stats; }

std::optional<std::string> SqliteStore::backup(const std::string& path) {
  Database source;
  if (!source.open(threads_->path, true)) return source.error();
  Statement copy;
  if (!copy.prepare(source, "VACUUM INTO ?1")) return source.error();
  copy.bind_text(1, path);
  return copy.run() ? std::nullopt : std::optional(source.error());
}

}  // namespace tutti::documents
