#include "ot/algebra.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "ot/change_writer.hpp"
#include "ot/component_cursor.hpp"
#include "ot/compose_buffers.hpp"
#include "ot/segment_tree.hpp"
#include "ot/spot.hpp"

namespace tutti::ot {
namespace {

using Kind = RawComponent::Kind;

constexpr std::size_t kSmallChange = 8;  // components

// Where a spot stands after `over`, if it then still is the same spot; it stands right of an insert at the same place.
std::optional<std::uint32_t> behind(const Spot& moved, const Spot& over) noexcept {
  if (over.end() <= moved.position) return moved.position - over.erased + over.inserted;
  if (moved.position < over.position && moved.end() <= over.position) return moved.position;
  if (moved.erased == 0) return over.position + over.inserted;  // inside what is erased
  return std::nullopt;
}

// The same for one that stands left.
std::optional<std::uint32_t> before(const Spot& moved, const Spot& over) noexcept {
  if (moved.end() <= over.position) return moved.position;
  if (over.end() <= moved.position && over.position < moved.position)
    return moved.position - over.erased + over.inserted;
  if (moved.erased == 0) return over.position + over.inserted;
  if (moved.position == over.position && moved.inserted == 0 && over.erased == 0) return moved.position + over.inserted;
  return std::nullopt;
}

}  // namespace

// Delta.compose. In canonical order an insert is written before the deletes of its place, wherever it comes from.
ComponentBuffer compose_buffers(const ComponentBuffer& first, const ComponentBuffer& second, Order order) {
  ComponentBuffer result;
  result.reserve(first.size() + second.size() + 2, first.text().size() + second.text().size());
  ChangeWriter out(result, order);
  ComponentCursor a(first);
  ComponentCursor b(second);
  while (!b.done()) {
    if (b.at_insert()) {
      b.take_insert(out);
    } else if (a.kind() == Kind::erase) {
      out.erase(a.left());
      a.next();
    } else {
      const std::uint32_t length = std::min(a.left(), b.left());
      if (b.kind() == Kind::erase) {
        if (a.kind() == Kind::retain) out.erase(length);
        a.skip(length);
      } else if (a.kind() == Kind::retain) {
        out.retain(length, compose(a.attributes(), b.attributes(), Nulls::keep));
        a.skip(length);
      } else if (b.attributes_index() == 0) {
        a.take_insert(length, a.attributes(), out);
      } else {
        a.take_insert(length, compose(a.attributes(), b.attributes(), Nulls::drop), out);
      }
      b.skip(length);
    }
  }
  a.take_rest(out);
  out.chop();
  return result;
}

Change compose(const Change& first, const Change& second) {
  return ChangeAccess::make(
      compose_buffers(ChangeAccess::buffer(first), ChangeAccess::buffer(second), Order::canonical));
}

Change compose(std::span<const Change> changes) {
  if (changes.empty()) return {};
  if (changes.size() == 1) return changes.front();
  if (changes.size() == 2) return compose(changes[0], changes[1]);
  // Small ones go into a tree one after the other; large ones are merged two by two.
  std::size_t components = 0;
  for (const Change& change : changes) components += change.size();
  if (components <= changes.size() * kSmallChange) {
    SegmentTree tree;
    for (const Change& change : changes) tree.compose(change);
    return tree.to_change();
  }
  const std::size_t half = changes.size() / 2;
  return compose(compose(changes.first(half)), compose(changes.subspan(half)));
}

Change transform(const Change& change, const Change& over, Side side) {
  const ComponentBuffer& moved = ChangeAccess::buffer(change);
  const bool over_first = side == Side::right;
  if (const auto spot = Spot::of(moved)) {
    const auto other = Spot::of(ChangeAccess::buffer(over));
    const auto position = !other ? std::nullopt : over_first ? behind(*spot, *other) : before(*spot, *other);
    if (position) {
      ComponentBuffer shifted(moved);
      ChangeWriter(shifted).move_front(spot->position, *position);
      return ChangeAccess::make(std::move(shifted));
    }
  }
  ComponentBuffer result;
  result.reserve(moved.size() + 2, moved.text().size());
  ChangeWriter out(result);
  ComponentCursor a(ChangeAccess::buffer(over));
  ComponentCursor b(moved);
  while (!b.done()) {
    if (a.at_insert() && (over_first || !b.at_insert())) {
      out.retain(a.left());
      a.next();
    } else if (b.at_insert()) {
      b.take_insert(out);
    } else {
      const std::uint32_t length = std::min(a.left(), b.left());
      if (a.kind() == Kind::erase) {
        // Their delete makes ours redundant, and takes away what we would have retained.
      } else if (b.kind() == Kind::erase) {
        out.erase(length);
      } else if (over_first) {
        out.retain(length, keep_winner(a.attributes(), b.attributes()));
      } else {
        out.retain(length, b.attributes());
      }
      a.skip(length);
      b.skip(length);
    }
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

Transformed transform(const Change& first, const Change& second) {
  const ComponentBuffer& firsts = ChangeAccess::buffer(first);
  const ComponentBuffer& seconds = ChangeAccess::buffer(second);
  ComponentBuffer first_after;
  ComponentBuffer second_after;
  first_after.reserve(firsts.size() + seconds.size() + 1, firsts.text().size());
  second_after.reserve(firsts.size() + seconds.size() + 1, seconds.text().size());
  ChangeWriter first_out(first_after);
  ChangeWriter second_out(second_after);
  ComponentCursor a(firsts);
  ComponentCursor b(seconds);
  while (!a.done() || !b.done()) {
    if (a.at_insert()) {
      second_out.retain(a.left());
      a.take_insert(first_out);
    } else if (b.at_insert()) {
      first_out.retain(b.left());
      b.take_insert(second_out);
    } else {
      const std::uint32_t length = std::min(a.left(), b.left());
      if (a.kind() == Kind::erase) {
        if (b.kind() != Kind::erase) first_out.erase(length);
      } else if (b.kind() == Kind::erase) {
        second_out.erase(length);
      } else {
        first_out.retain(length, a.attributes());
        second_out.retain(length, keep_winner(a.attributes(), b.attributes()));
      }
      a.skip(length);
      b.skip(length);
    }
  }
  first_out.chop();
  second_out.chop();
  return {ChangeAccess::make(std::move(first_after)), ChangeAccess::make(std::move(second_after))};
}

void transform_both(Change& first, Change& second) {
  ComponentBuffer& firsts = ChangeAccess::buffer(first);
  ComponentBuffer& seconds = ChangeAccess::buffer(second);
  const auto a = Spot::of(firsts);
  const auto b = a ? Spot::of(seconds) : std::nullopt;
  if (b) {
    const auto first_position = before(*a, *b);
    const auto second_position = behind(*b, *a);
    if (first_position && second_position) {
      ChangeWriter(firsts).move_front(a->position, *first_position);
      ChangeWriter(seconds).move_front(b->position, *second_position);
      return;
    }
  }
  Transformed both = transform(first, second);
  first = std::move(both.first);
  second = std::move(both.second);
}

Change invert(const Change& change, const Change& base) {
  ComponentBuffer result;
  ChangeWriter out(result);
  ComponentCursor document(ChangeAccess::buffer(base));
  for (ComponentCursor at(ChangeAccess::buffer(change)); !at.done(); at.next()) {
    if (at.at_insert()) {
      out.erase(at.left());
      continue;
    }
    const bool plain_retain = at.kind() == Kind::retain && at.attributes_index() == 0;
    if (plain_retain) out.retain(at.left());
    for (std::uint32_t left = at.left(); left > 0 && !document.done();) {
      const std::uint32_t length = std::min(left, document.left());
      left -= length;
      if (at.kind() == Kind::erase) {
        document.take_insert(length, document.attributes(), out);
      } else {
        if (!plain_retain) out.retain(length, invert(at.attributes(), document.attributes()));
        document.skip(length);
      }
    }
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

Change slice(const Change& document, std::size_t begin, std::size_t end) {
  ComponentBuffer result;
  ChangeWriter out(result);
  std::size_t position = 0;
  for (ComponentCursor at(ChangeAccess::buffer(document)); !at.done() && position < end;) {
    const bool before = position < begin;
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(at.left(), (before ? begin : end) - position));
    position += length;
    if (before || !at.at_insert()) {
      at.skip(length);
    } else {
      at.take_insert(length, at.attributes(), out);
    }
  }
  return ChangeAccess::make(std::move(result));
}

}  // namespace tutti::ot
