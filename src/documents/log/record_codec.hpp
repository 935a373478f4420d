// documents/log/record_codec.hpp: revisions and snapshots as bytes (docs/STORAGE.md, "Records"). Pure.
//
//   chunk     = revision*                     read to the end of the bytes; author numbers count within one chunk
//   revision  = time operations operation*    time: ms since 1970 for the first of a chunk, then the difference
//   (zigzag) operation = author seq change             author: 0 = a new one: user client; n = the n-th new one of this
//   chunk authors   = count (user client version previous time intervals (first last)*)*
// Integers are LEB128 varints; texts are a byte count and UTF-8; a change is ot/binary.hpp's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "documents/revision.hpp"
#include "documents/snapshot.hpp"

namespace tutti::documents {

// Writes one chunk.
class ChunkWriter {
 public:
  explicit ChunkWriter(std::string& out) : out_(out) {}
  void add(const Revision& revision);
  void number(std::uint64_t value);  // something of the caller's, between two revisions

 private:
  std::string& out_;
  std::int64_t last_time_ms_ = 0;
  std::unordered_map<const Author*, std::uint64_t> authors_;
};

class ChunkReader {
 public:
  explicit ChunkReader(std::string_view bytes) : bytes_(bytes) {}
  bool at_end() const noexcept { return bytes_.empty(); }
  // The next revision, as `version`; nullptr: damaged.
  RevisionPtr next(std::uint64_t version);
  std::optional<std::uint64_t> number();
  std::optional<std::string_view> text();  // with its size in front

 private:
  std::string_view bytes_;
  std::int64_t last_time_ms_ = 0;
  std::vector<AuthorPtr> authors_;
};

// A text with its size in front.
void append_text(std::string_view text, std::string& out);

std::string encode_authors(const std::vector<AuthorState>& authors);
std::optional<std::vector<AuthorState>> decode_authors(std::string_view bytes);

// A change of ours: of any size.
std::string encode_change(const Change& change);
std::optional<Change> decode_change(std::string_view bytes);

}  // namespace tutti::documents
