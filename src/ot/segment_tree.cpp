#include "ot/segment_tree.hpp"

#include "ot/component_cursor.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {
namespace {

constexpr auto kBase = &Segment::Summary::base;
constexpr auto kTarget = &Segment::Summary::target;

Segment::Summary minus(Segment::Summary a, const Segment::Summary& b) noexcept { return a -= b; }

}  // namespace

SequencePiece SegmentTree::piece_at(std::uint32_t base) const {
  const Segment::Summary& total = items_.total();
  if (base >= total.base) return {total.target + (base - total.base), ComponentCursor::kEndless, false, &none_};
  const auto [leaf, start] = items_.tree().find<kBase>(base, Edge::beginning);
  Segment::Summary before = start;
  const Segment* segment = leaf->items;
  for (; base - before.base >= segment->sum.base; ++segment) before += segment->sum;
  const std::uint32_t offset = base - before.base;
  const bool erased = segment->erased();
  return {before.target + (erased ? 0 : offset), segment->length() - offset, erased, &attributes(segment->attributes)};
}

void SegmentTree::compose(const Change& change) {
  const ComponentBuffer& buffer = ChangeAccess::buffer(change);
  const char* text = buffer.text().data();
  std::uint32_t target = 0;
  for (const RawComponent& component : buffer.components()) {
    const Attributes& given = buffer.attributes(component.attributes());
    const std::uint32_t length = component.length;
    switch (component.kind()) {
      case Segment::Kind::insert: {
        const auto start = static_cast<std::uint32_t>(text_.size());
        text_.append(text, component.payload);
        text += component.payload;
        insert(target, {{0, length}, Segment::Kind::insert, add(given), start, component.payload});
        break;
      }
      case Segment::Kind::embed:
        embeds_.push_back(buffer.embed(component.payload));
        insert(target, {{0, 1}, Segment::Kind::embed, add(given), static_cast<std::uint32_t>(embeds_.size() - 1), 0});
        break;
      case Segment::Kind::erase:
        reach(target + length);
        edit(target, length, [](Leaf& leaf, std::size_t index) {
          if (leaf.items[index].inserts()) {
            leaf.erase_at(index);
          } else {
            leaf.items[index] = {{leaf.items[index].length(), 0}, Segment::Kind::erase};
          }
        });
        continue;
      case Segment::Kind::retain:
        if (given.empty()) break;
        reach(target + length);
        edit(target, length, [&](Leaf& leaf, std::size_t index) {
          Segment& segment = leaf.items[index];
          segment.attributes =
              add(ot::compose(attributes(segment.attributes), given, segment.inserts() ? Nulls::drop : Nulls::keep));
        });
        break;
    }
    target += length;
  }
}

// Makes the endless retain a segment as far as `target`.
void SegmentTree::reach(std::uint32_t target) {
  const std::uint32_t end = items_.total().target;
  if (target > end) items_.push_back(Segment::retain(target - end));
}

// Right behind the unit of the result that is before `target`: before what was deleted there.
void SegmentTree::insert(std::uint32_t target, Segment segment) {
  reach(target);
  auto [leaf, index, offset] = items_.seek<kTarget>(target, Edge::ending);
  const Segment::Summary sum = segment.summary();
  if (index < leaf->count && offset > 0) {
    if (offset < leaf->items[index].length()) cut(*leaf, index, offset);
    ++index;
  }
  leaf->insert_at(index, segment);
  leaf->join_back(index);
  items_.changed(*leaf, sum);
}

// Calls edit(leaf, index) for every segment with units in the stretch of the result, cut to it.
template <class Edit>
void SegmentTree::edit(std::uint32_t target, std::uint32_t length, Edit edit) {
  while (length > 0) {
    auto [leaf, index, offset] = items_.seek<kTarget>(target, Edge::beginning);
    if (offset > 0) cut(*leaf, index++, offset);
    if (length < leaf->items[index].length()) cut(*leaf, index, length);
    const Segment::Summary before = leaf->items[index].summary();
    const std::size_t count = leaf->count;
    edit(*leaf, index);
    const bool gone = leaf->count < count;
    const Segment::Summary after = gone ? Segment::Summary{} : leaf->items[index].summary();
    leaf->join_back(index + 1);
    leaf->join_back(index);
    items_.changed(*leaf, minus(after, before));
    if (gone) items_.tidy();
    length -= before.target;
    target += after.target;
  }
}

// The segment at `index` becomes two, the first of `length` units. A surrogate pair that is cut becomes two U+FFFD.
void SegmentTree::cut(Leaf& leaf, std::size_t index, std::uint32_t length) {
  Segment& segment = leaf.items[index];
  std::uint32_t bytes = 0;
  if (segment.kind == Segment::Kind::insert) {
    bytes = length;
    if (segment.bytes != segment.length()) {
      const auto at = offset_of_utf16({text_.data() + segment.text, segment.bytes}, length);
      bytes = static_cast<std::uint32_t>(at.bytes);
      if (at.inside_pair) {
        const std::string old = text_.substr(segment.text, segment.bytes);
        segment.text = static_cast<std::uint32_t>(text_.size());
        text_.append(old, 0, bytes).append(kReplacement).append(kReplacement).append(old, bytes + 4);
        bytes += kReplacement.size();
        segment.bytes += 2 * kReplacement.size() - 4;
      }
    }
  }
  leaf.insert_at(index + 1, leaf.items[index].cut(length, bytes));
}

std::uint32_t SegmentTree::add(const Attributes& attributes) {
  if (attributes.empty()) return 0;
  if (attributes_.empty() || attributes_.back() != attributes) attributes_.push_back(attributes);
  return static_cast<std::uint32_t>(attributes_.size());
}

Change SegmentTree::to_change() const {
  ComponentBuffer result;
  ChangeWriter out(result);
  for (Items::Tree::Walk walk(items_.tree()); walk.leaf(); walk.next()) {
    for (std::size_t i = 0; i < walk.leaf()->count; ++i) {
      const Segment& segment = walk.leaf()->items[i];
      const Attributes& given = attributes(segment.attributes);
      switch (segment.kind) {
        case Segment::Kind::retain:
          out.retain(segment.length(), given);
          break;
        case Segment::Kind::insert:
          out.insert({text_.data() + segment.text, segment.bytes}, segment.length(), given);
          break;
        case Segment::Kind::embed:
          out.embed(embeds_[segment.text], given);
          break;
        case Segment::Kind::erase:
          out.erase(segment.length());
          break;
      }
    }
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

}  // namespace tutti::ot
