#include "documents/authors.hpp"

#include <algorithm>

namespace tutti::documents {
namespace {

bool keeps(const AuthorState& state, std::uint64_t first, std::int64_t time_ms) {
  return state.committed.newest() != 0 && (state.version > first || state.time_ms >= time_ms);
}

}  // namespace

AuthorEntry* Authors::find(std::string_view user_id, std::string_view client) noexcept {
  const auto found = entries_.find(Key{user_id, client});
  return found == entries_.end() ? nullptr : found->second.get();
}

AuthorEntry& Authors::get(const AuthorPtr& author) {
  if (AuthorEntry* entry = find(author->user_id, author->client)) return *entry;
  auto entry = std::make_unique<AuthorEntry>();
  entry->state.author = author;
  const Key key{author->user_id, author->client};
  return *entries_.emplace(key, std::move(entry)).first->second;
}

AuthorEntry& Authors::get(std::string_view user_id, std::string_view client) {
  if (AuthorEntry* entry = find(user_id, client)) return *entry;
  return get(std::make_shared<const Author>(Author{std::string(user_id), std::string(client)}));
}

AuthorEntry& Authors::commit(const Revision& revision, std::size_t index) {
  const Operation& operation = revision.operations[index];
  AuthorEntry& entry = get(operation.author);
  AuthorState& state = entry.state;
  if (operation.seq <= entry.newest()) return entry;
  state.committed.add(operation.seq);
  state.previous_version = state.version;
  state.version = revision.version;
  state.time_ms = revision.time_ms;
  entry.index = static_cast<std::uint32_t>(index);
  if (entry.waiting_seq == operation.seq) entry.waiting_seq = 0;
  return entry;
}

void Authors::restore(const AuthorState& state) {
  AuthorEntry& entry = get(state.author);
  AuthorPtr author = std::move(entry.state.author);  // the key borrows from it
  entry.state = state;
  entry.state.author = std::move(author);
}

void Authors::release(const AuthorEntry& entry) {
  if (entry.newest() != 0 || entry.member != nullptr || entry.waiting_seq != 0) return;
  entries_.erase(Key{entry.state.author->user_id, entry.state.author->client});
}

std::vector<AuthorEntry::Guest> Authors::take_guests() {
  std::vector<AuthorEntry::Guest> guests;
  for (const auto& [key, entry] : entries_) {
    guests.insert(guests.end(), entry->guests.begin(), entry->guests.end());
    entry->guests.clear();
  }
  return guests;
}

std::vector<AuthorState> Authors::states(std::uint64_t first, std::int64_t time_ms) const {
  std::vector<AuthorState> states;
  for (const auto& [key, entry] : entries_) {
    if (keeps(entry->state, first, time_ms)) states.push_back(entry->state);
  }
  // The order of the table is no one's business.
  std::sort(states.begin(), states.end(), [](const AuthorState& a, const AuthorState& b) {
    return a.version != b.version                   ? a.version < b.version
           : a.author->user_id != b.author->user_id ? a.author->user_id < b.author->user_id
                                                    : a.author->client < b.author->client;
  });
  return states;
}

void Authors::forget(std::uint64_t first, std::int64_t time_ms) {
  std::erase_if(entries_, [&](const auto& item) {
    const AuthorEntry& entry = *item.second;
    const bool in_use = entry.member != nullptr || entry.waiting_seq != 0;
    return !in_use && !keeps(entry.state, first, time_ms);
  });
}

}  // namespace tutti::documents
