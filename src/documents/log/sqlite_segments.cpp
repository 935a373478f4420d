#include "documents/log/sqlite_segments.hpp"

#include <algorithm>

#include "documents/log/record_codec.hpp"
#include "ot/algebra.hpp"

namespace tutti::documents {
namespace {

// All revisions of a segment behind `first`. A segment is a row of chunks, each with its size in front.
bool read_chunks(std::string_view chunks, std::uint64_t first, std::vector<RevisionPtr>& out) {
  ChunkReader sizes(chunks);
  while (!sizes.at_end()) {
    const auto chunk = sizes.text();
    if (!chunk) return false;
    for (ChunkReader reader(*chunk); !reader.at_end();) {
      RevisionPtr revision = reader.next(++first);
      if (!revision) return false;
      out.push_back(std::move(revision));
    }
  }
  return true;
}

Change composed_of(const std::vector<RevisionPtr>& revisions) {
  std::vector<Change> changes;
  changes.reserve(revisions.size());
  for (const RevisionPtr& revision : revisions) changes.push_back(revision->composed);
  return ot::compose(changes);
}

}  // namespace

bool SegmentReader::prepare(Database& database) {
  return segments_.prepare(
             database, "SELECT first, chunks, last FROM segments WHERE document = ?1 AND last > ?2 ORDER BY last") &&
         next_segment_.prepare(database,
                               "SELECT first, last, composed FROM segments WHERE document = ?1 AND last > ?2 "
                               "ORDER BY last LIMIT 1") &&
         next_span_.prepare(database,
                            "SELECT first, last, change FROM spans WHERE document = ?1 AND level = ?2 AND last > ?3 "
                            "ORDER BY last LIMIT 1");
}

bool SegmentReader::read(std::int64_t document, std::uint64_t from, std::uint64_t to, std::size_t limit,
                         std::vector<RevisionPtr>& out) {
  const Use use(segments_);
  segments_.bind(1, document).bind(2, from);
  while (from < to && out.size() < limit) {
    if (segments_.step() != Statement::Step::row || segments_.number(0) > from) return false;
    std::vector<RevisionPtr> revisions;
    if (!read_chunks(segments_.bytes(1), segments_.number(0), revisions)) return false;
    if (revisions.empty() || revisions.back()->version != segments_.number(2)) return false;
    for (RevisionPtr& revision : revisions) {
      if (revision->version <= from || revision->version > to || out.size() == limit) continue;
      from = revision->version;
      out.push_back(std::move(revision));
    }
  }
  return true;
}

SegmentReader::Found SegmentReader::take_span(std::int64_t document, std::uint64_t& from, std::uint64_t to,
                                              std::vector<Change>& out) {
  for (int level = kSpanLevels; level >= 0; --level) {
    Statement& statement = level > 0 ? next_span_ : next_segment_;
    const Use use(statement);
    statement.bind(1, document);
    if (level > 0) statement.bind(2, std::int64_t{level});
    statement.bind(level > 0 ? 3 : 2, from);
    const auto step = statement.step();
    if (step == Statement::Step::failed) return Found::failed;
    if (step != Statement::Step::row || statement.number(0) != from || statement.number(1) > to) continue;
    if (statement.is_null(2)) continue;
    auto change = decode_change(statement.bytes(2));
    if (!change) return Found::failed;
    out.push_back(std::move(*change));
    from = statement.number(1);
    return Found::yes;
  }
  return Found::no;
}

bool SegmentReader::read_spans(std::int64_t document, std::uint64_t from, std::uint64_t to, std::vector<Change>& out) {
  while (from < to) {
    const Found found = take_span(document, from, to, out);
    if (found == Found::failed) return false;
    if (found == Found::yes) continue;
    // Inside a segment, or in the last one: its revisions one by one.
    std::uint64_t last = to;
    {
      const Use use(next_segment_);
      next_segment_.bind(1, document).bind(2, from);
      if (next_segment_.step() != Statement::Step::row) return false;
      last = std::min(to, next_segment_.number(1));
    }
    std::vector<RevisionPtr> revisions;
    if (!read(document, from, last, kSegmentRevisions, revisions) || revisions.empty()) return false;
    out.push_back(composed_of(revisions));
    from = revisions.back()->version;
  }
  return true;
}

struct SegmentWriter::Segment {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::int64_t newest_ms = 0;
  std::string chunks;
  std::uint64_t revisions() const { return last - first; }
};

bool SegmentWriter::prepare(Database& database) {
  bool ok =
      load_.prepare(database, "SELECT first, newest_ms, chunks FROM segments WHERE document = ?1 AND last = ?2") &&
      remove_.prepare(database, "DELETE FROM segments WHERE document = ?1 AND last = ?2") &&
      insert_.prepare(database,
                      "INSERT INTO segments(document, last, first, newest_ms, chunks, composed) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)") &&
      insert_span_.prepare(database,
                           "INSERT INTO spans(document, level, last, first, change) VALUES(?1, ?2, ?3, ?4, ?5)");
  ok = ok &&
       parts_[0].prepare(database,
                         "SELECT first, last, composed FROM segments WHERE document = ?1 AND composed IS NOT NULL "
                         "AND last > (SELECT coalesce(max(last), 0) FROM spans WHERE document = ?1 AND level = ?2) "
                         "ORDER BY last LIMIT ?3");
  for (int level = 1; ok && level < kSpanLevels; ++level) {
    ok = parts_[level].prepare(
        database,
        "SELECT first, last, change FROM spans WHERE document = ?1 AND level = ?2 - 1 "
        "AND last > (SELECT coalesce(max(last), 0) FROM spans WHERE document = ?1 AND level = ?2) "
        "ORDER BY last LIMIT ?3");
  }
  return ok;
}

bool SegmentWriter::load_last(std::int64_t document, std::uint64_t last, Segment& segment) {
  const Use use(load_);
  load_.bind(1, document).bind(2, last);
  if (load_.step() != Statement::Step::row) return false;
  segment = {load_.number(0), last, load_.integer(1), std::string(load_.bytes(2))};
  return true;
}

bool SegmentWriter::store(std::int64_t document, const Segment& segment, bool full) {
  std::string composed;
  if (full) {
    std::vector<RevisionPtr> revisions;
    if (!read_chunks(segment.chunks, segment.first, revisions)) return false;
    composed = encode_change(composed_of(revisions));
  }
  insert_.bind(1, document).bind(2, segment.last).bind(3, segment.first).bind(4, segment.newest_ms);
  insert_.bind_blob(5, segment.chunks);
  full ? insert_.bind_blob(6, composed) : insert_.bind_null(6);
  return insert_.run();
}

bool SegmentWriter::add(std::int64_t document, std::uint64_t settled, std::uint64_t& open,
                        const std::vector<RevisionPtr>& revisions) {
  Segment segment{settled, settled, 0, {}};
  if (open > 0) {
    if (!load_last(document, settled, segment)) return false;
    if (!remove_.bind(1, document).bind(2, settled).run()) return false;
  }
  for (auto next = revisions.begin(); next != revisions.end();) {
    std::string chunk;
    ChunkWriter writer(chunk);
    const auto full = [&] {
      return segment.revisions() >= kSegmentRevisions || segment.chunks.size() + chunk.size() >= kSegmentBytes;
    };
    for (; next != revisions.end() && !full(); ++next) {
      writer.add(**next);
      segment.last = (*next)->version;
      segment.newest_ms = std::max(segment.newest_ms, (*next)->time_ms);
    }
    const bool is_full = full();
    append_text(chunk, segment.chunks);
    if (!store(document, segment, is_full)) return false;
    if (is_full && !build_spans(document, 1)) return false;
    open = is_full ? 0 : segment.revisions();
    segment = {segment.last, segment.last, 0, {}};
  }
  return true;
}

bool SegmentWriter::build_spans(std::int64_t document, int level) {
  if (level > kSpanLevels) return true;
  std::vector<Change> parts;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  {
    Statement& statement = parts_[level - 1];
    const Use use(statement);
    statement.bind(1, document).bind(2, std::int64_t{level}).bind(3, std::uint64_t{kSpanParts});
    while (statement.step() == Statement::Step::row) {
      auto change = decode_change(statement.bytes(2));
      if (!change) return false;
      if (parts.empty()) first = statement.number(0);
      last = statement.number(1);
      parts.push_back(std::move(*change));
    }
  }
  if (parts.size() < kSpanParts) return true;
  const std::string composed = encode_change(ot::compose(parts));
  insert_span_.bind(1, document).bind(2, std::int64_t{level}).bind(3, last).bind(4, first).bind_blob(5, composed);
  return insert_span_.run() && build_spans(document, level + 1);
}

}  // namespace tutti::documents
