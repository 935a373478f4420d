// ot/rope.hpp: the text of a document: UTF-8 in a copy-on-write B+tree that counts bytes, UTF-16 units, code points and
// newlines.
//
// A copy is a snapshot: it costs nanoseconds, never changes, and may be read and dropped on another thread (one Rope
// object is used by one thread at a time). An edit copies only the path that a snapshot still shares. Positions are
// UTF-16 units unless the name says otherwise. Text given in is valid UTF-8 (the caller's promise; a Change has it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ot/change.hpp"
#include "ot/change_builder.hpp"
#include "ot/cow_tree.hpp"
#include "ot/text_leaf.hpp"

namespace tutti::ot {

class Rope {
  using Tree = CowTree<TextLeaf>;

 public:
  class Chunks;

  Rope() noexcept = default;
  explicit Rope(std::string_view utf8);

  std::size_t size_bytes() const noexcept { return tree_.total().bytes; }
  std::size_t length_utf16() const noexcept { return tree_.total().utf16; }
  std::size_t length_code_points() const noexcept { return tree_.total().code_points; }
  std::size_t newlines() const noexcept { return tree_.total().newlines; }
  bool empty() const noexcept { return tree_.empty(); }

  // Whether the change fits: rich_in_text if it has attributes or embeds, beyond_end, length_overflow, split_surrogate.
  Result<void, ChangeError> check(const Change& change) const;
  // The same checks, then one left-to-right pass. On an error nothing has changed.
  Result<void, ChangeError> apply(const Change& change);

  // One edit: `length` units at `position` become `utf8`. False, and nothing changed, if that reaches over the end,
  // splits a surrogate pair or makes the text longer than kLengthMax bytes.
  bool replace(std::size_t position, std::size_t length, std::string_view utf8);
  bool replace_code_points(std::size_t position, std::size_t length, std::string_view utf8);

  // Conversions; a position above the end, or inside a pair or code point, is moved down to the nearest valid one.
  std::size_t utf16_from_code_points(std::size_t position) const;
  std::size_t code_points_from_utf16(std::size_t position) const;
  std::size_t bytes_from_utf16(std::size_t position) const;
  std::size_t utf16_from_bytes(std::size_t position) const;
  bool splits_pair(std::size_t position) const;

  // Lines end with '\n'. line_of: newlines before the position. line_start: the position behind the n-th newline, the
  // end if there are fewer.
  std::size_t line_of(std::size_t position) const;
  std::size_t line_start(std::size_t line) const;

  std::string to_string() const;
  std::string slice(std::size_t begin, std::size_t end) const;  // positions as in the conversions
  // The text in pieces: for (std::string_view chunk : rope.chunks()). Valid until this Rope is edited.
  Chunks chunks() const;
  Chunks chunks(std::size_t begin, std::size_t end) const;

  // What takes the change back; it must fit (check).
  Change invert(const Change& change) const;

  // Bytes of memory held by the nodes, shared ones counted whole.
  std::size_t memory_bytes() const { return tree_.memory_bytes(); }

  friend bool operator==(const Rope& a, const Rope& b) noexcept;
  friend bool operator==(const Rope& rope, std::string_view text) noexcept;

 private:
  friend class RichText;

  bool has_pairs() const noexcept { return length_utf16() != length_code_points(); }
  Result<void, ChangeError> check_lengths(const Change& change) const;
  bool splits_no_pair(const Change& change) const;
  void apply_checked(const Change& change);
  template <Tree::Measure measure>
  bool edit(std::uint32_t position, std::uint32_t length, std::string_view utf8);
  template <Tree::Measure measure>
  void erase(std::uint32_t position, std::uint32_t length);
  void splice(std::size_t begin, std::size_t end, std::string_view utf8);
  void split(std::size_t begin, std::size_t end, std::string_view utf8);
  void join_small();
  template <Tree::Measure from>
  TextSummary summary_at(std::size_t position) const;

  Tree tree_;
};

// A range of string_views over a part of a rope.
class Rope::Chunks {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    std::string_view operator*() const noexcept;
    Iterator& operator++() {
      walk_.next();
      return *this;
    }
    friend bool operator==(const Iterator& at, std::default_sentinel_t) noexcept { return at.done(); }

   private:
    friend class Chunks;
    Iterator(Tree::Walk walk, std::size_t begin, std::size_t end) : walk_(std::move(walk)), begin_(begin), end_(end) {}
    bool done() const noexcept { return !walk_.leaf() || walk_.before().bytes >= end_; }

    Tree::Walk walk_;
    std::size_t begin_;  // bytes
    std::size_t end_;
  };

  Iterator begin() const {
    return {Tree::Walk::at<&TextSummary::bytes>(*tree_, begin_, Edge::beginning), begin_, end_};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class Rope;
  Chunks(const Tree& tree, std::size_t begin, std::size_t end) noexcept
      : tree_(&tree), begin_(static_cast<std::uint32_t>(begin)), end_(static_cast<std::uint32_t>(end)) {}

  const Tree* tree_;
  std::uint32_t begin_;
  std::uint32_t end_;
};

}  // namespace tutti::ot
