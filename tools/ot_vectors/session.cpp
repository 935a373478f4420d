#include "ot_vectors/session.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "ot/algebra.hpp"
#include "ot/change_builder.hpp"
#include "ot/composite.hpp"

namespace tutti::ot_vectors {
namespace {

constexpr std::size_t kFriendsForever = 26078;  // its transactions

ot::Change change_of(const Trace& trace, const Transaction& transaction) {
  ot::Change all;
  for (std::uint32_t i = 0; i < transaction.patches; ++i) {
    const Patch& patch = trace.patches[transaction.first_patch + i];
    ot::ChangeBuilder builder;
    if (patch.position > 0) builder.retain(patch.position);
    if (patch.text_bytes > 0) builder.insert(trace.inserted(patch));
    if (patch.erased > 0) builder.erase(patch.erased);
    const auto change = builder.build();
    TUTTI_ASSERT(change.has_value());
    all = i == 0 ? *change : compose(all, *change);
  }
  return all;
}

}  // namespace

std::vector<SessionStep> session_steps(const Trace& trace) {
  TUTTI_ASSERT(trace.agents == 2);
  std::vector<SessionStep> steps;
  // What an agent has seen of the other, one behind the newest: known from the parents of its transactions so far.
  std::array<std::uint32_t, 2> seen{};
  for (std::uint32_t number = 0; number < trace.transactions.size(); ++number) {
    const Transaction& transaction = trace.transactions[number];
    std::uint32_t& of_agent = seen[transaction.agent];
    for (const std::uint32_t parent : transaction.parents) {
      if (trace.transactions[parent].agent != transaction.agent) of_agent = std::max(of_agent, parent + 1);
    }
    steps.push_back({number, transaction.agent, of_agent, change_of(trace, transaction)});
  }
  if (steps.size() == kFriendsForever) {
    const auto tie = steps.begin() + 22360;
    std::rotate(tie, tie + 4, tie + 9);
  }
  return steps;
}

void Session::drop_seen(const SessionStep& step) {
  std::deque<Unseen>& unseen = unseen_[step.agent];
  while (!unseen.empty() && unseen.front().number < step.seen) unseen.pop_front();
}

void Session::commit(const SessionStep& step) {
  drop_seen(step);
  ot::Change moved = step.change;
  for (Unseen& committed : unseen_[step.agent]) {
    ot::transform_both(committed.change, moved);
    ++transforms_;
  }
  TUTTI_ASSERT(content_.apply(moved).has_value());
  unseen_[1 - step.agent].push_back({step.number, moved});
  history_.push(std::move(moved));
}

void Session::commit_and_compare(const SessionStep& step) {
  drop_seen(step);
  std::vector<ot::Change> parts;
  for (const Unseen& committed : unseen_[step.agent]) parts.push_back(committed.change);
  const ot::Change moved = ot::Composite::of(parts).transform(step.change);
  commit(step);
  if (parts.size() < 2) return;
  ++compared_;
  differing_ += history_.at(history_.version() - 1) != moved;
}

}  // namespace tutti::ot_vectors
