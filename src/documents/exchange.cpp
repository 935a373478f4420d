#include "documents/exchange.hpp"

#include "documents/worker.hpp"

namespace tutti::documents {

Exchange::Bundle& Exchange::bundle(std::uint32_t worker) {
  if (bundles_.size() < workers_.size()) bundles_.resize(workers_.size());
  if (!flush_due_) {
    flush_due_ = true;
    shard_.defer([this] { flush(); });
  }
  return bundles_[worker];
}

void Exchange::run_on(std::uint32_t worker, Request request) {
  if (worker == shard_.index()) return request(*workers_[worker]);
  bundle(worker).requests.push_back(std::move(request));
}

void Exchange::send(std::uint32_t worker, Mail mail) { bundle(worker).mail.push_back(std::move(mail)); }

void Exchange::answer_guest(std::uint32_t worker, GuestAnswer answer) {
  bundle(worker).guests.push_back(std::move(answer));
}

void Exchange::open(Worker& worker, Bundle& bundle) {
  for (Mail& mail : bundle.mail) worker.take_mail(mail);
  for (GuestAnswer& answer : bundle.guests) worker.take_guest_answer(answer);
  for (Request& request : bundle.requests) request(worker);
}

void Exchange::flush() {
  flush_due_ = false;  // what is sent meanwhile goes with the next flush
  for (std::uint32_t index = 0; index < bundles_.size(); ++index) {
    if (bundles_[index].empty()) continue;
    Bundle sent = std::exchange(bundles_[index], {});
    Worker& worker = *workers_[index];
    if (index == shard_.index()) {
      open(worker, sent);
    } else {
      worker.shard().post([&worker, sent = std::make_unique<Bundle>(std::move(sent))] { open(worker, *sent); });
    }
  }
}

}  // namespace tutti::documents
