// adapter/ack_collector.hpp: the answers to one broadcast with acknowledgement: complete when as many servers as exist
// have told how many clients they asked and that many have answered, or when its time is over.
//
// Owner: itself (shared), on the worker that asked; used there only.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "base/scheduler.hpp"
#include "socketio/adapter.hpp"

namespace tutti::adapter {

class AckCollector : public std::enable_shared_from_this<AckCollector> {
 public:
  // `on_end`, if given, runs when it is over, complete or not.
  static std::shared_ptr<AckCollector> start(Scheduler& scheduler, Duration timeout, socketio::OnResponses on_responses,
                                             UniqueFunction<void(bool complete)> on_end = nullptr);

  void expect_servers(std::size_t count);
  void add_client_count(std::size_t count);  // one a server
  void add_response(socketio::Packed first_argument);
  bool over() const noexcept { return !on_responses_; }

 private:
  AckCollector(Scheduler& scheduler, socketio::OnResponses on_responses, UniqueFunction<void(bool)> on_end);
  void finish_if_complete();
  void finish(std::string error);

  CallbackTimer timer_;
  std::shared_ptr<AckCollector> self_;  // until it is over: nobody else may hold it while all are silent
  socketio::OnResponses on_responses_;
  UniqueFunction<void(bool)> on_end_;
  socketio::AckResponses answers_;
  std::optional<std::size_t> servers_expected_;
  std::size_t servers_ = 0;
  std::size_t clients_ = 0;
};

}  // namespace tutti::adapter
