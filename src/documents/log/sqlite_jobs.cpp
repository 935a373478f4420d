#include "documents/log/sqlite_jobs.hpp"

namespace tutti::documents {

void Answers::add(std::unique_ptr<Job> job) {
  for (Bundle& bundle : bundles_) {
    if (bundle.mailbox == job->mailbox()) return bundle.jobs.push_back(std::move(job));
  }
  MailboxPtr mailbox = job->mailbox();
  bundles_.push_back({std::move(mailbox), {}});
  bundles_.back().jobs.push_back(std::move(job));
}

void Answers::post() {
  for (Bundle& bundle : bundles_) {
    Shard& shard = bundle.mailbox->shard;
    shard.post([bundle = std::make_unique<Bundle>(std::move(bundle))] {
      for (const auto& job : bundle->jobs) {
        if (bundle->mailbox->open) job->answer();
      }
    });
  }
  bundles_.clear();
}

}  // namespace tutti::documents
