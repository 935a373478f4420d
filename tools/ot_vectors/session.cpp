#include "ot_vectors/session.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "ot/algebra.hpp"
#include "ot/change_builder.hpp"

namespace tutti::ot_vectors {
namespace {

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
  return steps;
}

void Session::commit(const SessionStep& step) {
  std::deque<Unseen>& unseen = unseen_[step.agent];
  while (!unseen.empty() && unseen.front().number < step.seen) unseen.pop_front();
  ot::Change moved = step.change;
  for (Unseen& committed : unseen) {
    ot::transform_both(committed.change, moved);
    ++transforms_;
  }
  TUTTI_ASSERT(content_.apply(moved).has_value());
  unseen_[1 - step.agent].push_back({step.number, moved});
  history_.push(std::move(moved));
}

}  // namespace tutti::ot_vectors
