// documents/window.hpp: the newest revisions of an open document, in memory: bases of operations and of deliveries.
//
// One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "documents/revision.hpp"
#include "ot/history.hpp"

namespace tutti::documents {

class Window {
 public:
  // The document has `length` units at `version`, the oldest base.
  explicit Window(std::uint64_t version = 0, std::size_t length = 0) : history_(version), first_length_(length) {}

  std::uint64_t first() const noexcept { return history_.first(); }      // oldest version that can be a base here
  std::uint64_t version() const noexcept { return history_.version(); }  // newest
  std::size_t operations() const noexcept { return operations_; }

  // revision->version is version() + 1.
  void push(RevisionPtr revision);
  // Forgets the oldest until at most that much is left; what leads from `needed` to the newest version stays.
  void trim(std::size_t revisions_max, std::size_t operations_max, std::uint64_t needed);
  bool exceeds(std::size_t revisions_max, std::size_t operations_max) const noexcept {
    return entries_.size() > revisions_max || operations_ > operations_max;
  }

  // first() <= version <= version()
  std::size_t length_at(std::uint64_t version) const;
  // The revision that made `version`; first() < version <= version().
  const RevisionPtr& revision(std::uint64_t version) const;
  Change span(std::uint64_t from, std::uint64_t to) const { return history_.span(from, to); }
  Change rebase(const Change& change, std::uint64_t from) const {
    return history_.rebase(change, from, history_.version());
  }
  // The author of the newest operation if all operations in between are of one user; else null.
  AuthorPtr sole_author(std::uint64_t from, std::uint64_t to) const;

 private:
  struct Entry {
    RevisionPtr revision;
    std::size_t length;            // of the document after it
    std::uint64_t one_user_since;  // all revisions after this version up to this one are of one user
  };
  const Entry& entry(std::uint64_t version) const { return entries_[version - first() - 1]; }

  ot::History history_;
  std::size_t first_length_;
  std::size_t operations_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace tutti::documents
