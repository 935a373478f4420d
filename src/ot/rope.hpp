// ot/rope.hpp: the text of a document: UTF-8 in a copy-on-write B+tree that counts bytes, UTF-16 units, code points and
// newlines.
//
// A copy is a snapshot: it costs nanoseconds, never changes, and may be read and dropped on another thread (one Rope
// object is used by one thread at a time). An edit copies only the path that a snapshot still shares. Positions are
// UTF-16 units unless the name says otherwise. Text given in is valid UTF-8 (the caller's promise; a Change has it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ot/change.hpp"
#include "ot/change_builder.hpp"
#include "ot/rope_tree.hpp"

namespace tutti::ot {

class Rope {
 public:
  class ChunkIterator;
  struct Chunks;

  Rope() noexcept = default;
  explicit Rope(std::string_view utf8);

  std::size_t size_bytes() const noexcept;
  std::size_t length_utf16() const noexcept;
  std::size_t length_code_points() const noexcept;
  std::size_t newlines() const noexcept;
  bool empty() const noexcept { return size_bytes() == 0; }

  // Whether the change fits: beyond_end, split_surrogate; rich_in_text if it has attributes or embeds.
  Result<void, ChangeError> check(const Change& change) const;
  // The same checks, then one left-to-right pass. On an error nothing has changed.
  Result<void, ChangeError> apply(const Change& change);

  // One edit at a position; false, and nothing changed, if it is out of range or splits a surrogate pair.
  bool replace(std::size_t position, std::size_t length, std::string_view utf8);
  bool replace_code_points(std::size_t position, std::size_t length, std::string_view utf8);

  // Conversions; a position above the end, or inside a pair, is moved down to the nearest valid one.
  std::size_t utf16_from_code_points(std::size_t position) const;
  std::size_t code_points_from_utf16(std::size_t position) const;
  std::size_t bytes_from_utf16(std::size_t position) const;
  std::size_t utf16_from_bytes(std::size_t position) const;
  bool splits_pair(std::size_t position) const;

  // Lines end with '\n'. line_of: number of newlines before the position; line_start: position after the n-th newline.
  std::size_t line_of(std::size_t position) const;
  std::size_t line_start(std::size_t line) const;

  std::string to_string() const;
  std::string slice(std::size_t begin, std::size_t end) const;  // positions clamped
  // The text as string_views in order: for (std::string_view chunk : rope.chunks()). Valid while this Rope is not
  // edited.
  Chunks chunks() const noexcept;

  // What takes the change back; it must fit (check).
  Change invert(const Change& change) const;

  // Bytes of memory held, shared nodes counted whole.
  std::size_t memory_bytes() const;

  friend bool operator==(const Rope& a, const Rope& b) noexcept;
  friend bool operator==(const Rope& rope, std::string_view text) noexcept;

 private:
  RopeTree tree_;
};

}  // namespace tutti::ot
