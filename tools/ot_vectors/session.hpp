// ot_vectors/session.hpp: a concurrent trace of two agents replayed as a server session.
//
// The server commits in the order of the trace. For each agent it keeps the committed changes that the agent had not
// seen, as they stand on what the agent has; a transaction is moved over those (both halves), applied and put into the
// history.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "ot/change.hpp"
#include "ot/history.hpp"
#include "ot/rope.hpp"
#include "ot_vectors/trace.hpp"

namespace tutti::ot_vectors {

// A transaction, with what it needs to know: made once, so that a replay measures the server's work alone.
struct SessionStep {
  std::uint32_t number;  // of the transaction in the trace
  std::uint32_t agent;
  std::uint32_t seen;  // transactions of the other agent with a lower number were seen
  ot::Change change;
};
// In the order of the trace but for one place of friendsforever, where concurrent inserts tie: they come out as
// recorded if 22364 to 22368 are committed before 22360 to 22363.
std::vector<SessionStep> session_steps(const Trace& trace);

class Session {
 public:
  void commit(const SessionStep& step);
  // The same; also moves the transaction over the composition of what was not seen, if that is more than one change.
  void commit_and_compare(const SessionStep& step);

  const ot::Rope& content() const { return content_; }
  const ot::History& history() const { return history_; }
  std::size_t transforms() const { return transforms_; }  // pairs
  std::size_t compared() const { return compared_; }
  std::size_t differing() const { return differing_; }

 private:
  struct Unseen {
    std::uint32_t number;
    ot::Change change;
  };
  void drop_seen(const SessionStep& step);

  std::deque<Unseen> unseen_[2];  // by agent
  ot::Rope content_;
  ot::History history_;
  std::size_t transforms_ = 0;
  std::size_t compared_ = 0;
  std::size_t differing_ = 0;
};

}  // namespace tutti::ot_vectors
