// documents/authors.hpp: exactly once: what each author has committed and what is waiting to be.
//
// An author is (`userId`, `client`). Entries stay where they are in memory until forget() takes those that are old and
// have no member and nothing waiting.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "documents/identity.hpp"
#include "documents/snapshot.hpp"

namespace tutti::documents {

struct Member;

struct AuthorEntry {
  static constexpr std::uint32_t kUnknown = UINT32_MAX;
  AuthorState state;
  Member* member = nullptr;        // who has the document open as this author, here
  std::uint32_t index = kUnknown;  // of the newest committed operation in its revision
  std::uint64_t waiting_seq = 0;   // of the operation that waits to be committed; 0: none
  struct Guest {                   // a request without membership (HTTP) that waits for it
    ReplyTo to;
    std::uint64_t from;  // the version it is answered from
    bool put;            // it gave a whole content
  };
  std::vector<Guest> guests;
  std::uint64_t newest() const noexcept { return state.committed.newest(); }
};

class Authors {
 public:
  AuthorEntry& get(std::string_view user_id, std::string_view client);
  AuthorEntry* find(std::string_view user_id, std::string_view client) noexcept;
  AuthorEntry& get(const AuthorPtr& author);

  // Operation `index` of the revision is in the log. Returns its author's entry.
  AuthorEntry& commit(const Revision& revision, std::size_t index);
  void restore(const AuthorState& state);

  // Its member left or its operation was refused: an author who has written nothing is forgotten.
  void release(const AuthorEntry& entry);

  // What a snapshot keeps: who has written after `first` or not before `time_ms`.
  std::vector<AuthorState> states(std::uint64_t first, std::int64_t time_ms) const;
  // Forgets the others, unless they are in use.
  void forget(std::uint64_t first, std::int64_t time_ms);
  std::size_t size() const noexcept { return entries_.size(); }
  // Everybody who waits without being a member; nobody waits any more.
  std::vector<AuthorEntry::Guest> take_guests();

 private:
  struct Key {
    std::string_view user_id;
    std::string_view client;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      const std::hash<std::string_view> hash;
      return hash(key.client) * 31 + hash(key.user_id);
    }
  };
  // Keys borrow from the entry's author.
  std::unordered_map<Key, std::unique_ptr<AuthorEntry>, Hash> entries_;
};

}  // namespace tutti::documents
