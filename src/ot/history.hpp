// ot/history.hpp: the changes of a document's versions, with composed spans kept as power-of-two nodes.
//
// Version n is the state after n changes. A span of versions is covered by O(log) nodes and ends; a node is composed
// from its halves when it is first asked for, and goes with the changes that are dropped. Spans below Options::node_min
// are walked change by change. One owner, one thread (reading composes nodes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "ot/change.hpp"
#include "ot/composite.hpp"

namespace tutti::ot {

class History {
 public:
  struct Options {
    std::size_t node_min = 8;  // changes a composed node covers: powers of two
    std::size_t node_max = 1024;
  };

  explicit History(std::uint64_t first = 0) : History(first, Options{}) {}
  History(std::uint64_t first, Options options);

  std::uint64_t first() const noexcept { return first_; }                      // oldest version that can be a base
  std::uint64_t version() const noexcept { return first_ + changes_.size(); }  // newest

  void push(Change change);
  // Forgets the changes that lead to versions up to `version` (at most version()); it becomes the oldest base.
  void drop_before(std::uint64_t version);

  // The change that leads from `version` to the next one; first() <= version < version().
  const Change& at(std::uint64_t version) const;
  // The changes from..to as one canonical change; first() <= from <= to <= version().
  Change span(std::uint64_t from, std::uint64_t to) const;
  // `change`, which stands on `from`, moved so that it stands on `to`. The history stands left, its attributes win.
  Change rebase(const Change& change, std::uint64_t from, std::uint64_t to) const;

  std::size_t memory_bytes() const;  // changes and nodes; attributes and embeds not counted

 private:
  struct Level {               // nodes that cover 2^level changes: the n-th covers versions from n << level on
    std::uint64_t offset = 0;  // number of the first one in `nodes`
    std::deque<std::unique_ptr<const Composite>> nodes;  // nullptr until asked for
  };

  const Composite& node(std::size_t level, std::uint64_t number) const;
  // Calls visit(level, number) for the largest aligned pieces that make up from..to, in order; level 0 is a single
  // change.
  template <class Visit>
  void cover(std::uint64_t from, std::uint64_t to, Visit visit) const;

  std::size_t level_min_;
  std::size_t level_max_;
  std::uint64_t first_;
  std::deque<Change> changes_;
  mutable std::vector<Level> levels_;  // those below level_min_ are unused
};

}  // namespace tutti::ot
