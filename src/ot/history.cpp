#include "ot/history.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"
#include "ot/algebra.hpp"
#include "ot/change_writer.hpp"

namespace tutti::ot {

History::History(std::uint64_t first, Options options)
    : level_min_(static_cast<std::size_t>(std::countr_zero(options.node_min))),
      level_max_(static_cast<std::size_t>(std::countr_zero(options.node_max))),
      first_(first),
      levels_(level_max_ + 1) {
  TUTTI_ASSERT(std::has_single_bit(options.node_min) && std::has_single_bit(options.node_max));
  TUTTI_ASSERT(2 <= options.node_min && options.node_min <= options.node_max);
}

void History::push(Change change) { changes_.push_back(std::move(change)); }

void History::drop_before(std::uint64_t version) {
  TUTTI_ASSERT(version <= this->version());
  if (version <= first_) return;
  changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(version - first_));
  first_ = version;
  for (std::size_t level = 1; level < levels_.size(); ++level) {
    auto& [offset, nodes] = levels_[level];
    while (!nodes.empty() && offset << level < version) {
      nodes.pop_front();
      ++offset;
    }
  }
}

const Change& History::at(std::uint64_t version) const {
  TUTTI_ASSERT(first_ <= version && version < this->version());
  return changes_[version - first_];
}

template <class Visit>
void History::cover(std::uint64_t from, std::uint64_t to, Visit visit) const {
  TUTTI_ASSERT(first_ <= from && from <= to && to <= version());
  while (from < to) {
    const auto aligned = from == 0 ? level_max_ : static_cast<std::size_t>(std::countr_zero(from));
    const auto fitting = static_cast<std::size_t>(std::bit_width(to - from)) - 1;
    std::size_t level = std::min({aligned, fitting, level_max_});
    if (level < level_min_) level = 0;
    visit(level, from >> level);
    from += std::uint64_t{1} << level;
  }
}

const Composite& History::node(std::size_t level, std::uint64_t number) const {
  auto& [offset, nodes] = levels_[level];
  if (nodes.empty()) offset = number;
  while (number < offset) {
    nodes.emplace_front();
    --offset;
  }
  while (number - offset >= nodes.size()) nodes.emplace_back();
  auto& place = nodes[number - offset];
  if (place) return *place;
  if (level == level_min_) {
    std::vector<const Change*> changes;
    for (std::uint64_t v = number << level; v < (number + 1) << level; ++v) changes.push_back(&at(v));
    place = std::make_unique<const Composite>(Composite::of(changes));
  } else {
    place = std::make_unique<const Composite>(node(level - 1, number * 2), node(level - 1, number * 2 + 1));
  }
  return *place;
}

Change History::span(std::uint64_t from, std::uint64_t to) const {
  if (to - from == 1) return at(from);
  std::deque<Composite> ends;  // single changes
  std::vector<const Composite*> parts;
  cover(from, to, [&](std::size_t level, std::uint64_t number) {
    parts.push_back(level == 0 ? &ends.emplace_back(at(number)) : &node(level, number));
  });
  return parts.size() == 1 ? parts[0]->to_change() : Composite::of(parts).to_change();
}

Change History::rebase(const Change& change, std::uint64_t from, std::uint64_t to) const {
  Change moved = change;
  cover(from, to, [&](std::size_t level, std::uint64_t number) {
    moved = level == 0 ? transform(moved, at(number), Side::right) : node(level, number).transform(moved);
  });
  return moved;
}

std::size_t History::memory_bytes() const {
  std::size_t all = 0;
  for (const Change& change : changes_) all += sizeof change + ChangeAccess::buffer(change).memory_bytes();
  for (const Level& level : levels_) {
    for (const auto& node : level.nodes) all += sizeof node + (node ? sizeof *node + node->memory_bytes() : 0);
  }
  return all;
}

}  // namespace tutti::ot
