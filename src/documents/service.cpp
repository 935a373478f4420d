#include "documents/service.hpp"

#include <atomic>

#include "documents/worker.hpp"

namespace tutti::documents {
namespace {

constexpr std::chrono::milliseconds kShutDownLook{5};

// Waits on one worker until its sessions have committed what has arrived. Owns itself.
class ShutDownWait final {
 public:
  static void start(Worker& worker, Duration deadline, Task done) {
    auto* wait = new ShutDownWait(worker, deadline, std::move(done));
    wait->look();
  }

 private:
  ShutDownWait(Worker& worker, Duration deadline, Task done)
      : worker_(worker),
        end_(worker.shard().scheduler().now() + deadline),
        done_(std::move(done)),
        timer_(worker.shard().scheduler(), [this] { look(); }) {}

  void look() {
    if (worker_.busy() && worker_.shard().scheduler().now() < end_) return timer_.arm(kShutDownLook);
    Task done = std::move(done_);
    delete this;
    done();
  }

  Worker& worker_;
  const TimePoint end_;
  Task done_;
  CallbackTimer timer_;
};

}  // namespace

Service::Service(ServiceOptions options, std::vector<Shard*> shards, const MakeLog& make_log)
    : options_(std::move(options)) {
  const AccessRules& access = options_.access != nullptr ? *options_.access : open_access_;
  for (Shard* shard : shards) {
    workers_.push_back(std::make_unique<Worker>(options_, access, *shard, workers_, make_log(*shard)));
  }
}

Service::~Service() = default;

void Service::install(std::uint32_t worker, socketio::NativeNamespace& nsp, socketio::Adapter& adapter) {
  workers_[worker]->install(nsp, adapter);
}

Api& Service::api(std::uint32_t worker) noexcept { return *workers_[worker]; }

const Stats& Service::stats(std::uint32_t worker) const noexcept { return workers_[worker]->stats(); }

void Service::news(std::string document, std::string epoch, std::uint64_t version) {
  Worker& owner = *workers_[std::hash<std::string_view>()(document) % workers_.size()];
  owner.shard().post([&owner, document = std::move(document), epoch = std::move(epoch), version] {
    if (Session* session = owner.find_session(document)) session->news(epoch, version);
  });
}

void Service::recheck_access() {
  for (const auto& worker : workers_) {
    worker->shard().post([&worker = *worker] { worker.recheck_access(); });
  }
}

void Service::shut_down(Duration deadline, Task done) {
  struct Countdown {
    std::atomic<std::size_t> left;
    Task done;
  };
  auto countdown = std::make_shared<Countdown>();
  countdown->left = workers_.size();
  countdown->done = std::move(done);
  Shard& first = workers_.front()->shard();
  for (const auto& worker : workers_) {
    worker->shard().post([&worker = *worker, &first, countdown, deadline] {
      worker.shut_down();
      ShutDownWait::start(worker, deadline, [countdown, &first] {
        if (--countdown->left == 0) first.post([countdown] { countdown->done(); });
      });
    });
  }
}

}  // namespace tutti::documents
