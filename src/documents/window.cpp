#include "documents/window.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tutti::documents {
namespace {

bool of_one_user(const Revision& revision) {
  const std::string& user = revision.operations.front().author->user_id;
  return std::all_of(revision.operations.begin(), revision.operations.end(),
                     [&](const Operation& it) { return it.author->user_id == user; });
}

}  // namespace

void Window::push(RevisionPtr revision) {
  TUTTI_ASSERT(revision->version == version() + 1 && !revision->operations.empty());
  const auto difference = revision->composed.length_difference();
  const std::size_t length = length_at(version()) + static_cast<std::size_t>(difference);
  std::uint64_t since = revision->version;  // of several users
  if (of_one_user(*revision)) {
    since = revision->version - 1;
    if (!entries_.empty()) {
      const Entry& last = entries_.back();
      const bool one = last.one_user_since < last.revision->version;
      if (one && last.revision->operations.back().author->user_id == revision->operations.back().author->user_id) {
        since = last.one_user_since;
      }
    }
  }
  operations_ += revision->operations.size();
  history_.push(revision->composed);
  entries_.push_back({std::move(revision), length, since});
}

void Window::trim(std::size_t revisions_max, std::size_t operations_max, std::uint64_t needed) {
  while (exceeds(revisions_max, operations_max) && first() < needed) {
    operations_ -= entries_.front().revision->operations.size();
    first_length_ = entries_.front().length;
    const std::uint64_t oldest = entries_.front().revision->version;
    entries_.pop_front();
    history_.drop_before(oldest);
  }
}

std::size_t Window::length_at(std::uint64_t at) const {
  TUTTI_ASSERT(at >= first() && at <= version());
  return at == first() ? first_length_ : entry(at).length;
}

const RevisionPtr& Window::revision(std::uint64_t at) const {
  TUTTI_ASSERT(at > first() && at <= version());
  return entry(at).revision;
}

AuthorPtr Window::sole_author(std::uint64_t from, std::uint64_t to) const {
  if (from == to) return nullptr;
  const Entry& last = entry(to);
  return last.one_user_since <= from ? last.revision->operations.back().author : nullptr;
}

}  // namespace tutti::documents
