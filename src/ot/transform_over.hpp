// ot/transform_over.hpp: a change moved over a long sequence of components that can be searched by position.
//
// Internal to ot/. Only the places that the change touches are looked at: O(log size) each.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ot/change_writer.hpp"
#include "ot/component_cursor.hpp"
#include "ot/spot.hpp"

namespace tutti::ot {

// What the sequence holds at one unit of its base.
struct SequencePiece {
  std::uint32_t target;  // where that unit is (or was) in the result, behind all inserts before it
  std::uint32_t left;    // units from there on that share its fate
  bool erased;
  const Attributes* attributes;  // of a retain
};

// `seek(position)` gives the SequencePiece at a position of the base; positions asked for do not descend. The sequence
// was first.
template <class Seek>
Change transform_over(const Change& change, Seek seek) {
  const ComponentBuffer& moved = ChangeAccess::buffer(change);
  if (const auto spot = Spot::of(moved)) {  // typing: it is only shifted, unless what it erases is gone or torn apart
    const SequencePiece piece = seek(spot->position);
    if (spot->erased == 0 || (!piece.erased && piece.left >= spot->erased)) {
      ComponentBuffer shifted(moved);
      ChangeWriter(shifted).move_front(spot->position, piece.target);
      return ChangeAccess::make(std::move(shifted));
    }
  }
  ComponentBuffer result;
  result.reserve(moved.size() + 2, moved.text().size());
  ChangeWriter out(result);
  std::uint32_t base = 0;    // in the base of the sequence
  std::uint32_t target = 0;  // in its result: what `out` has walked over
  const auto walk_to = [&](std::uint32_t position) {
    if (position > target) out.retain(position - target);
    target = position;
  };
  for (ComponentCursor at(moved); !at.done();) {
    const bool plain_retain = at.kind() == RawComponent::Kind::retain && at.attributes_index() == 0;
    if (plain_retain) {
      base += at.left();
      at.next();
      continue;
    }
    const SequencePiece piece = seek(base);
    walk_to(piece.target);
    if (at.at_insert()) {
      at.take_insert(out);
      continue;
    }
    const std::uint32_t length = std::min(at.left(), piece.left);
    if (!piece.erased) {
      if (at.kind() == RawComponent::Kind::erase) {
        out.erase(length);
      } else {
        out.retain(length, keep_winner(*piece.attributes, at.attributes()));
      }
      target += length;
    }
    base += length;
    at.skip(length);
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

}  // namespace tutti::ot
