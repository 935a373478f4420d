// ot/text_leaf.hpp: a leaf of the rope: up to kMax bytes of whole UTF-8 code points, in a block just as large as
// needed.
//
// Internal to ot/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "ot/cow_tree.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {

struct TextSummary {
  std::uint32_t bytes = 0;
  std::uint32_t utf16 = 0;
  std::uint32_t code_points = 0;
  std::uint32_t newlines = 0;

  TextSummary& operator+=(const TextSummary& other) noexcept {
    bytes += other.bytes;
    utf16 += other.utf16;
    code_points += other.code_points;
    newlines += other.newlines;
    return *this;
  }
  TextSummary& operator-=(const TextSummary& other) noexcept {
    bytes -= other.bytes;
    utf16 -= other.utf16;
    code_points -= other.code_points;
    newlines -= other.newlines;
    return *this;
  }
  friend bool operator==(const TextSummary&, const TextSummary&) noexcept = default;

  static TextSummary of(std::string_view utf8) noexcept;
};

struct TextLeaf : TreeNode {
  using Summary = TextSummary;
  static constexpr std::size_t kMax = 1024;  // bytes
  static constexpr std::size_t kMin = kMax / 4;

  // A leaf with these texts, one behind the other, and room for `slack` more bytes.
  static TextLeaf* make(std::initializer_list<std::string_view> texts, const TextSummary& summary, std::size_t slack);
  static TextLeaf* make(std::string_view utf8, std::size_t slack);
  TextLeaf* clone() const;
  static void destroy(TextLeaf* leaf) noexcept;

  // Asks for the memory that an edit at `offset` (in any measure) of a leaf with these measures will touch.
  static void prefetch(const TreeNode* leaf, const TextSummary& held, std::uint32_t offset) noexcept;

  const char* data() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::string_view text() const noexcept { return {data(), size}; }
  TextSummary summary() const noexcept { return {size, utf16, code_points, newlines}; }
  bool is_ascii() const noexcept { return size == utf16; }
  bool has_pairs() const noexcept { return utf16 != code_points; }
  std::size_t memory_bytes() const noexcept { return sizeof(TextLeaf) + capacity; }

  // Byte offset of what is `distance` behind the byte `from`, in the given measure; `inside_pair` as in ot/utf8.hpp.
  template <std::uint32_t TextSummary::*measure>
  Utf16Offset offset(std::uint32_t distance, std::size_t from = 0) const noexcept {
    if (is_ascii() || distance == 0 || measure == &TextSummary::bytes) return {from + distance, false};
    const std::string_view rest(data() + from, size - from);
    // From the end that is nearer.
    if constexpr (measure == &TextSummary::code_points) {
      if (from == 0 && distance > code_points / 2u)
        return {offset_of_code_point_from_end(rest, code_points - distance), false};
      return {from + offset_of_code_point(rest, distance), false};
    } else {
      if (from == 0 && distance > utf16 / 2u) return offset_of_utf16_from_end(rest, utf16 - distance);
      const Utf16Offset found = offset_of_utf16(rest, distance);
      return {from + found.bytes, found.inside_pair};
    }
  }
  TextSummary summary_of(std::size_t begin, std::size_t end) const noexcept;
  TextSummary summary_before(std::size_t end) const noexcept;

  // In place: the bytes [begin, end) become `utf8`. There is room (capacity).
  void splice(std::size_t begin, std::size_t end, std::string_view utf8, const TextSummary& difference) noexcept;

  std::uint16_t capacity;
  std::uint16_t size;
  std::uint16_t utf16;
  std::uint16_t code_points;
  std::uint16_t newlines;

 private:
  TextLeaf(std::size_t room, const TextSummary& summary) noexcept;
};

inline TextSummary TextSummary::of(std::string_view utf8) noexcept {
  if (utf8.size() == 1) return {1, 1, 1, utf8[0] == '\n'};
  const TextCounts counts = count_text(utf8);
  return {static_cast<std::uint32_t>(utf8.size()), static_cast<std::uint32_t>(counts.utf16),
          static_cast<std::uint32_t>(counts.code_points), static_cast<std::uint32_t>(counts.newlines)};
}

inline TextSummary TextLeaf::summary_of(std::size_t begin, std::size_t end) const noexcept {
  return begin == end ? TextSummary{} : TextSummary::of({data() + begin, end - begin});
}

inline void TextLeaf::prefetch(const TreeNode* leaf, const TextSummary& held, std::uint32_t offset) noexcept {
  constexpr std::size_t kLine = 64;
  const char* const block = reinterpret_cast<const char*>(leaf);
  __builtin_prefetch(block);
  // The bytes behind the place are moved; of what is not ASCII those before it may be read too.
  const char* const end = block + sizeof(TextLeaf) + held.bytes;
  const bool ascii = held.bytes == held.utf16;
  for (const char* line = block + (ascii ? offset : 0) + kLine; line < end; line += kLine) __builtin_prefetch(line);
}

inline void TextLeaf::splice(std::size_t begin, std::size_t end, std::string_view utf8,
                             const TextSummary& difference) noexcept {
  char* const at = data() + begin;
  if (utf8.size() != end - begin) std::memmove(at + utf8.size(), data() + end, size - end);
  if (!utf8.empty()) std::memcpy(at, utf8.data(), utf8.size());
  size = static_cast<std::uint16_t>(size + difference.bytes);
  utf16 = static_cast<std::uint16_t>(utf16 + difference.utf16);
  code_points = static_cast<std::uint16_t>(code_points + difference.code_points);
  newlines = static_cast<std::uint16_t>(newlines + difference.newlines);
}

}  // namespace tutti::ot
