// documents/log/sqlite_jobs.hpp: calls of the Log on their way through the store's threads and back to their shard.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/scheduler.hpp"
#include "base/shard.hpp"

namespace tutti::documents {

// Where answers of one Log go. `open` is touched on the shard alone: after the Log is gone nothing is called.
struct Mailbox {
  explicit Mailbox(Shard& owner) : shard(owner) {}
  Shard& shard;
  bool open = true;
};
using MailboxPtr = std::shared_ptr<Mailbox>;

class Job {
 public:
  explicit Job(MailboxPtr mailbox) : mailbox_(std::move(mailbox)) {}
  virtual ~Job() = default;
  const MailboxPtr& mailbox() const noexcept { return mailbox_; }
  virtual void answer() = 0;  // on the shard

 private:
  MailboxPtr mailbox_;
};

// Answers that go home together: one post a shard.
class Answers {
 public:
  void add(std::unique_ptr<Job> job);
  void post();

 private:
  struct Bundle {
    MailboxPtr mailbox;
    std::vector<std::unique_ptr<Job>> jobs;
  };
  std::vector<Bundle> bundles_;
};

// What one thread of the store has to do. Many push, one takes.
template <class J>
class JobQueue {
 public:
  void push(std::unique_ptr<J> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_all();
  }
  // At most `most` jobs; waits for the first as long as `patience`. nullopt: closed, and nothing is left.
  std::optional<std::vector<std::unique_ptr<J>>> take(std::size_t most, Duration patience) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, patience, [this] { return closed_ || !jobs_.empty(); });
    if (closed_ && jobs_.empty()) return std::nullopt;
    std::vector<std::unique_ptr<J>> taken;
    while (!jobs_.empty() && taken.size() < most) {
      taken.push_back(std::move(jobs_.front()));
      jobs_.pop_front();
    }
    return taken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<J>> jobs_;
  bool closed_ = false;
};

}  // namespace tutti::documents
