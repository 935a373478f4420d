// ot/run_tree.hpp: the attributes of a rich text as runs, in order, beside the text.
//
// Internal to ot/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ot/attributes.hpp"
#include "ot/item_tree.hpp"
#include "ot/value.hpp"

namespace tutti::ot {

// A stretch of text with equal attributes, or one embed.
struct Run {
  struct Summary {
    std::uint32_t length = 0;
    std::uint32_t runs = 0;

    Summary& operator+=(const Summary& other) noexcept {
      length += other.length;
      runs += other.runs;
      return *this;
    }
    Summary& operator-=(const Summary& other) noexcept {
      length -= other.length;
      runs -= other.runs;
      return *this;
    }
    friend bool operator==(const Summary&, const Summary&) noexcept = default;
  };

  Summary summary() const noexcept { return {length, 1}; }
  bool is_embed() const noexcept { return !embed.is_null(); }
  bool joins(const Run& next) const noexcept {
    return !is_embed() && !next.is_embed() && attributes == next.attributes;
  }
  void join(const Run& next) noexcept { length += next.length; }
  Run cut(std::uint32_t kept) {
    Run rest{length - kept, attributes, {}};  // an embed, of length 1, is never cut
    length = kept;
    return rest;
  }

  std::uint32_t length = 0;  // UTF-16 units
  Attributes attributes;
  Value embed;  // null: text
};

class RunTree {
 public:
  std::size_t size() const noexcept { return tree_.total().runs; }

  void insert(std::uint32_t position, Run run);
  void erase(std::uint32_t position, std::uint32_t length);
  // Composes the attributes onto every run of the stretch.
  void format(std::uint32_t position, std::uint32_t length, const Attributes& attributes);

  // visit(run, length) for every run with units in [begin, end), in order: `length` of them.
  template <class Visit>
  void visit(std::uint32_t begin, std::uint32_t end, Visit visit) const {
    using Walk = ItemTree<Run>::Tree::Walk;
    for (Walk walk = Walk::at<&Run::Summary::length>(tree_.tree(), begin, Edge::beginning); begin < end && walk.leaf();
         walk.next()) {
      std::uint32_t start = walk.before().length;
      for (std::size_t i = 0; i < walk.leaf()->count && begin < end; ++i) {
        const Run& run = walk.leaf()->items[i];
        start += run.length;
        if (start <= begin) continue;
        const std::uint32_t length = std::min(end, start) - begin;
        visit(run, length);
        begin += length;
      }
    }
  }

  std::size_t memory_bytes() const { return tree_.memory_bytes(); }

 private:
  // Calls edit(leaf, index) for every run of the stretch, cut to it. It returns how many units stay.
  template <class Edit>
  void edit(std::uint32_t position, std::uint32_t length, Edit edit);

  ItemTree<Run> tree_;
};

}  // namespace tutti::ot
