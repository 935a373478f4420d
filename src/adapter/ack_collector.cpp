#include "adapter/ack_collector.hpp"

#include "socketio/ack_table.hpp"

namespace tutti::adapter {

std::shared_ptr<AckCollector> AckCollector::start(Scheduler& scheduler, Duration timeout,
                                                  socketio::OnResponses on_responses,
                                                  UniqueFunction<void(bool)> on_end) {
  std::shared_ptr<AckCollector> made(new AckCollector(scheduler, std::move(on_responses), std::move(on_end)));
  made->self_ = made;
  made->timer_.arm(timeout);
  return made;
}

AckCollector::AckCollector(Scheduler& scheduler, socketio::OnResponses on_responses, UniqueFunction<void(bool)> on_end)
    : timer_(scheduler, [this] { finish(std::string(to_string(socketio::AckError::timeout))); }),
      on_responses_(std::move(on_responses)),
      on_end_(std::move(on_end)) {}

void AckCollector::expect_servers(std::size_t count) {
  servers_expected_ = count;
  finish_if_complete();
}

void AckCollector::add_client_count(std::size_t count) {
  ++servers_;
  clients_ += count;
  finish_if_complete();
}

void AckCollector::add_response(socketio::Packed first_argument) {
  if (over()) return;
  answers_.responses.push_back(std::move(first_argument));
  finish_if_complete();
}

void AckCollector::finish_if_complete() {
  if (servers_ == servers_expected_ && answers_.responses.size() == clients_) finish({});
}

void AckCollector::finish(std::string error) {
  if (over()) return;
  const auto keep = std::move(self_);
  timer_.cancel();
  const bool complete = error.empty();
  answers_.error = std::move(error);
  auto on_responses = std::exchange(on_responses_, nullptr);
  if (on_end_) on_end_(complete);
  on_responses(std::move(answers_));
}

}  // namespace tutti::adapter
