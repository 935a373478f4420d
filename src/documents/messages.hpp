// documents/messages.hpp: what a session tells its members, as values; documents/encode.hpp writes them.
//
// What many members get is made once and shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "documents/errors.hpp"
#include "documents/identity.hpp"
#include "documents/revision.hpp"
#include "presence/roster.hpp"
#include "presence/stored_json.hpp"

namespace tutti::documents {

using Name = std::shared_ptr<const std::string>;  // the id of a document

// From one version to another for members without an operation of their own in between.
struct Update {
  Name document;
  std::uint64_t from = 0;
  std::uint64_t version = 0;
  Change changes;
  AuthorPtr by;  // all operations in between are of by->user_id; null: of several
};
using UpdatePtr = std::shared_ptr<const Update>;

// From one version to another around the one revision that holds operations of members who stand at `from`: shared by
// all of them.
struct Frame {
  Name document;
  std::uint64_t from = 0;
  std::uint64_t version = 0;
  Change before;
  RevisionPtr revision;
  Change after;
};
using FramePtr = std::shared_ptr<const Frame>;

// The same for one author: which of the operations is the member's own.
struct Acknowledgement {
  FramePtr frame;
  std::uint64_t seq = 0;
  std::uint32_t index = 0;
};

// The whole content, where a delivery cannot be made. Counts as a delivery.
struct Whole {
  std::string epoch;
  const DocumentType* type = nullptr;
  std::uint64_t version = 0;
  std::shared_ptr<const Content> content;
  std::uint64_t seq = 0;  // newest committed one of this client; 0: none
};

enum class Access : std::uint8_t { none, read, write };

struct Opened {
  Name document;
  const DocumentType* type = nullptr;
  std::string epoch;
  Access access = Access::read;
  std::vector<presence::Member> users;
  std::size_t user_count = 0;
  std::variant<Whole, UpdatePtr, Acknowledgement> state;
};

struct Cursor {
  std::size_t anchor = 0;
  std::size_t head = 0;
};
struct PresenceEntry {
  std::string socket_id;
  std::string user_id;
  bool gone = false;
  std::optional<Cursor> cursor;
  presence::StoredJson data;
};
struct PresenceNews {
  Name document;
  std::uint64_t version = 0;
  std::vector<PresenceEntry> users;
};
using PresenceNewsPtr = std::shared_ptr<const PresenceNews>;

enum class CloseReason : std::uint8_t { deleted, access_revoked, replaced, stale };
std::string_view to_string(CloseReason reason) noexcept;

struct History {
  std::uint64_t version = 0;
  std::uint64_t first = 0;
  std::vector<RevisionPtr> revisions;
};

}  // namespace tutti::documents
