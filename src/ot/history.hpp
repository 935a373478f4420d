// ot/history.hpp: the changes of a document's versions, with composed spans kept as power-of-two nodes.
//
// Version n is the state after n changes. A span [from, to) is covered by O(log) nodes; nodes are composed when they
// are first asked for, hold at most Options::node_max changes, and go with the changes that are dropped. One owner, one
// thread (reading composes nodes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ot/change.hpp"
#include "ot/composite.hpp"

namespace tutti::ot {

class History {
 public:
  struct Options {
    std::size_t node_max = 1024;  // changes a composed node holds at most; a power of two
  };

  explicit History(std::uint64_t first = 0) : History(first, Options{}) {}
  History(std::uint64_t first, Options options);

  std::uint64_t first() const noexcept { return first_; }                      // oldest version that can be a base
  std::uint64_t version() const noexcept { return first_ + changes_.size(); }  // newest

  void push(Change change);
  // Forgets the changes that lead to versions up to `version`; it becomes the oldest base.
  void drop_before(std::uint64_t version);

  // The change that leads from `version` to the next one; first() <= version < version().
  const Change& at(std::uint64_t version) const;
  // The changes from..to as one canonical change; first() <= from <= to <= version().
  Change span(std::uint64_t from, std::uint64_t to) const;
  // `change`, which stands on `from`, moved so that it stands on `to`. History stands left, its attributes win.
  Change rebase(const Change& change, std::uint64_t from, std::uint64_t to) const;

 private:
  const Composite& node(std::size_t level, std::uint64_t index) const;
  template <class Visit>
  void cover(std::uint64_t from, std::uint64_t to, Visit visit) const;

  Options options_;
  std::uint64_t first_;
  std::deque<Change> changes_;
  // levels_[l][i] spans versions [(i + offset) << l, (i + offset + 1) << l), aligned to version 0; empty until asked
  // for.
  struct Level {
    std::uint64_t offset = 0;
    std::deque<std::unique_ptr<const Composite>> nodes;
  };
  mutable std::vector<Level> levels_;
};

}  // namespace tutti::ot
