// adapter/redis/gathering.hpp: the answers of the other servers to one request, until all have come or its time is
// over.
//
// Owner: the adapter's table, on its worker.
#pragma once

#include <cstddef>
#include <optional>

#include "base/function.hpp"
#include "base/scheduler.hpp"
#include "codec/value.hpp"

namespace tutti::adapter {

struct GatheringEnd {
  std::size_t answers = 0;
  std::optional<std::size_t> expected = {};  // nothing: nobody knew how many servers there are
  bool complete() const noexcept { return expected && answers >= *expected; }
};

class Gathering {
 public:
  struct Hooks {
    UniqueFunction<bool(const codec::Value&)> on_answer;  // false: this is no answer to the request
    UniqueFunction<void(GatheringEnd)> on_end;
  };
  Gathering(Scheduler& scheduler, Hooks hooks, Task on_timeout)
      : timer_(scheduler, std::move(on_timeout)), hooks_(std::move(hooks)) {}

  void start(Duration time_limit) { timer_.arm(time_limit); }
  void expect(std::size_t answers) { state_.expected = answers; }
  void take(const codec::Value& answer) {
    if (hooks_.on_answer(answer)) ++state_.answers;
  }
  bool complete() const noexcept { return state_.complete(); }
  void end() { hooks_.on_end(state_); }

 private:
  CallbackTimer timer_;
  Hooks hooks_;
  GatheringEnd state_;
};

}  // namespace tutti::adapter
