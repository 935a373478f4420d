// ot/segment_tree.hpp: the composition of a batch as a tree of segments, in kept order (ot/composite.hpp).
//
// Internal to ot/. Behind the last segment there is an endless plain retain.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ot/change.hpp"
#include "ot/item_tree.hpp"
#include "ot/transform_over.hpp"

namespace tutti::ot {

struct Segment {
  using Kind = RawComponent::Kind;
  struct Summary {
    std::uint32_t base = 0;
    std::uint32_t target = 0;

    Summary& operator+=(const Summary& other) noexcept {
      base += other.base;
      target += other.target;
      return *this;
    }
    Summary& operator-=(const Summary& other) noexcept {
      base -= other.base;
      target -= other.target;
      return *this;
    }
    friend bool operator==(const Summary&, const Summary&) noexcept = default;
  };

  static Segment retain(std::uint32_t length) noexcept { return {{length, length}, Kind::retain}; }

  const Summary& summary() const noexcept { return sum; }
  std::uint32_t length() const noexcept { return sum.base | sum.target; }
  bool inserts() const noexcept { return sum.base == 0; }
  bool erased() const noexcept { return sum.target == 0; }
  bool joins(const Segment& next) const noexcept {
    return kind == next.kind && kind != Kind::embed && attributes == next.attributes &&
           (kind != Kind::insert || text + bytes == next.text);
  }
  void join(const Segment& next) noexcept {
    sum += next.sum;
    bytes += next.bytes;
  }
  // Keeps the first `kept` units, whose text is `kept_bytes` long, and returns the rest.
  Segment cut(std::uint32_t kept, std::uint32_t kept_bytes) noexcept {
    Segment rest = *this;
    sum = {inserts() ? 0 : kept, erased() ? 0 : kept};
    rest.sum -= sum;
    rest.text += kept_bytes;
    rest.bytes -= kept_bytes;
    bytes = kept_bytes;
    return rest;
  }

  Summary sum;  // UTF-16 units; both are its length if it is retained, one is 0 if it is not
  Kind kind = Kind::retain;
  std::uint32_t attributes = 0;  // number in the tree's table, from 1; 0 is none
  std::uint32_t text = 0;        // insert: where its text begins; embed: its number in the tree's table
  std::uint32_t bytes = 0;       // insert: of its text
};

class SegmentTree {
 public:
  // The segment at a position of the base, for transform_over.
  SequencePiece piece_at(std::uint32_t base) const;

  // Composes a change that stands on the result onto the segments.
  void compose(const Change& change);
  Change to_change() const;
  void clear() { *this = {}; }

 private:
  using Items = ItemTree<Segment, 24>;
  using Leaf = Items::Leaf;

  void insert(std::uint32_t target, Segment segment);
  template <class Edit>
  void edit(std::uint32_t target, std::uint32_t length, Edit edit);
  void cut(Leaf& leaf, std::size_t index, std::uint32_t length);
  void reach(std::uint32_t target);
  std::uint32_t add(const Attributes& attributes);
  const Attributes& attributes(std::uint32_t index) const noexcept {
    return index == 0 ? none_ : attributes_[index - 1];
  }

  Items items_;
  std::string text_;
  std::vector<Attributes> attributes_;
  std::vector<Value> embeds_;
  Attributes none_;
};

}  // namespace tutti::ot
