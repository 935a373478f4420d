// documents/log/sqlite_segments.hpp: reading and writing the settled revisions of a document, over one connection.
//
// A segment holds up to kSegmentRevisions consecutive revisions, and, once it is full, their composition. Sixteen full
// ones make a span of the next level, and so on: what leads from any version to any other is a few rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "documents/log/sqlite_db.hpp"
#include "documents/revision.hpp"

namespace tutti::documents {

inline constexpr std::uint64_t kSegmentRevisions = 128;
inline constexpr std::size_t kSegmentBytes = 32 * 1024;
inline constexpr int kSpanLevels = 4;
inline constexpr std::size_t kSpanParts = 16;

class SegmentReader {
 public:
  bool prepare(Database& database);
  // Appends the revisions after `from` up to `to`, at most `limit` in all; false: damaged, missing, or the store
  // failed.
  bool read(std::int64_t document, std::uint64_t from, std::uint64_t to, std::size_t limit,
            std::vector<RevisionPtr>& out);
  // Appends changes that lead from `from` to `to`.
  bool read_spans(std::int64_t document, std::uint64_t from, std::uint64_t to, std::vector<Change>& out);

 private:
  // The longest composed stretch that begins at `from` and does not go beyond `to`. Moves `from` behind it.
  enum class Found : std::uint8_t { yes, no, failed };
  Found take_span(std::int64_t document, std::uint64_t& from, std::uint64_t to, std::vector<Change>& out);

  Statement segments_;
  Statement next_segment_;
  Statement next_span_;
};

class SegmentWriter {
 public:
  bool prepare(Database& database);
  // Adds revisions behind `settled`, into the last segment as far as it takes more. `open`: as
  // StoredDocument::open_segment, before and after.
  bool add(std::int64_t document, std::uint64_t settled, std::uint64_t& open,
           const std::vector<RevisionPtr>& revisions);

 private:
  struct Segment;
  bool load_last(std::int64_t document, std::uint64_t last, Segment& segment);
  bool store(std::int64_t document, const Segment& segment, bool full);
  bool build_spans(std::int64_t document, int level);

  Statement load_;
  Statement remove_;
  Statement insert_;
  Statement parts_[kSpanLevels];  // of the level below, behind the last span
  Statement insert_span_;
};

}  // namespace tutti::documents
