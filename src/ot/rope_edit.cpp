// The editing half of the rope; the reading half is rope.cpp.
#include <algorithm>
#include <vector>

#include "base/assert.hpp"
#include "ot/change_writer.hpp"
#include "ot/rope.hpp"
#include "ot/spot.hpp"

namespace tutti::ot {
namespace {

// The end of a piece of at most `size` bytes from `begin` that cuts no code point.
std::size_t piece_end(std::string_view text, std::size_t begin, std::size_t size) noexcept {
  std::size_t end = begin + size;
  if (end >= text.size()) return text.size();
  while (is_continuation(text[end])) --end;
  return end;
}

// Calls visit(piece) for the fewest, evenly sized pieces that are leaves.
template <class Visit>
void cut(std::string_view text, Visit visit) {
  std::size_t pieces = (text.size() + TextLeaf::kMax - 1) / TextLeaf::kMax;
  for (std::size_t begin = 0; begin < text.size();) {
    // Three bytes for the code point that a cut moves over.
    const std::size_t even = pieces > 1 ? (text.size() - begin + pieces - 1) / pieces + 3 : text.size() - begin;
    const std::size_t end = piece_end(text, begin, std::min(even, TextLeaf::kMax));
    visit(text.substr(begin, end - begin));
    begin = end;
    if (pieces > 1) --pieces;
  }
}

TextSummary difference_of(TextSummary added, const TextSummary& removed) noexcept { return added -= removed; }

// Room that a leaf gets for what will be typed next.
constexpr std::size_t kSlack = 32;

}  // namespace

Rope::Rope(std::string_view utf8) {
  TUTTI_ASSERT(utf8.size() <= kLengthMax);
  std::vector<TextLeaf*> leaves;
  leaves.reserve(utf8.size() / TextLeaf::kMax + 1);
  cut(utf8, [&](std::string_view piece) { leaves.push_back(TextLeaf::make(piece, 0)); });
  tree_ = Tree::build(leaves);
}

bool Rope::replace(std::size_t position, std::size_t length, std::string_view utf8) {
  if (position > length_utf16() || length > length_utf16() - position || utf8.size() > kLengthMax - size_bytes())
    return false;
  return edit<&TextSummary::utf16>(static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(length), utf8);
}

bool Rope::replace_code_points(std::size_t position, std::size_t length, std::string_view utf8) {
  const std::size_t total = length_code_points();
  if (position > total || length > total - position || utf8.size() > kLengthMax - size_bytes()) return false;
  return edit<&TextSummary::code_points>(static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(length),
                                         utf8);
}

Result<void, ChangeError> Rope::apply(const Change& change) {
  const ComponentBuffer& buffer = ChangeAccess::buffer(change);
  if (const auto spot = Spot::of(buffer)) {  // one edit checks itself
    if (spot->end() > length_utf16()) return ChangeError::beyond_end;
    if (buffer.text().size() > kLengthMax - size_bytes()) return ChangeError::length_overflow;
    if (!edit<&TextSummary::utf16>(spot->position, spot->erased, buffer.text())) return ChangeError::split_surrogate;
    return {};
  }
  if (auto fits = check(change); !fits) return fits;
  apply_checked(change);
  return {};
}

void Rope::apply_checked(const Change& change) {
  const ComponentBuffer& buffer = ChangeAccess::buffer(change);
  const auto components = buffer.components();
  const char* text = buffer.text().data();
  std::uint32_t position = 0;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const RawComponent& component = components[i];
    if (component.kind() == RawComponent::Kind::retain) {
      position += component.length;
      continue;
    }
    std::string_view inserted(text, component.text_bytes());
    std::uint32_t inserted_length = 0;
    if (component.kind() == RawComponent::Kind::embed) inserted = kObject;
    if (component.inserts()) inserted_length = component.length;
    text += component.text_bytes();
    // The delete that an insert stands before is part of the same edit.
    std::uint32_t erased = component.kind() == RawComponent::Kind::erase ? component.length : 0;
    if (component.inserts() && i + 1 < components.size() && components[i + 1].kind() == RawComponent::Kind::erase) {
      erased = components[++i].length;
    }
    edit<&TextSummary::utf16>(position, erased, inserted);
    position += inserted_length;
  }
}

// One edit inside the text. False, and nothing changed, if it splits a pair.
template <Rope::Tree::Measure measure>
bool Rope::edit(std::uint32_t position, std::uint32_t length, std::string_view utf8) {
  if (tree_.empty()) {
    if (!utf8.empty()) *this = Rope(utf8);
    return true;
  }
  const TextLeaf* leaf = tree_.finger();
  if (!tree_.holds<measure>(position, position + length)) {
    leaf = tree_.seek<measure>(position, length > 0 ? Edge::beginning : Edge::ending);
  }
  const std::uint32_t begin = position - tree_.before().*measure;
  const std::uint32_t held = leaf->summary().*measure - begin;
  if (length > held) {
    if (measure == &TextSummary::utf16 && has_pairs() && (splits_pair(position) || splits_pair(position + length)))
      return false;
    erase<measure>(position, length);
    return utf8.empty() || edit<measure>(position, 0, utf8);
  }
  const Utf16Offset first = leaf->offset<measure>(begin);
  const Utf16Offset last = leaf->offset<measure>(length, first.bytes);
  if (first.inside_pair || last.inside_pair) return false;
  splice(first.bytes, last.bytes, utf8);
  return true;
}

// Takes out a stretch that lies in several leaves, leaf by leaf.
template <Rope::Tree::Measure measure>
void Rope::erase(std::uint32_t position, std::uint32_t length) {
  while (length > 0) {
    const TextLeaf* const leaf = tree_.seek<measure>(position, Edge::beginning);
    const std::uint32_t begin = position - tree_.before().*measure;
    const std::uint32_t here = std::min(length, leaf->summary().*measure - begin);
    const std::size_t first = leaf->offset<measure>(begin).bytes;
    splice(first, leaf->offset<measure>(here, first).bytes, {});
    length -= here;
  }
}

// The bytes [begin, end) of the finger's leaf become `utf8`.
void Rope::splice(std::size_t begin, std::size_t end, std::string_view utf8) {
  TextLeaf* const leaf = tree_.finger();
  const std::size_t size = leaf->size - (end - begin) + utf8.size();
  if (size > TextLeaf::kMax) return split(begin, end, utf8);
  if (size == 0) return tree_.remove();
  const TextSummary difference = difference_of(TextSummary::of(utf8), leaf->summary_of(begin, end));
  if (size <= leaf->capacity) {
    leaf->splice(begin, end, utf8, difference);
  } else {
    TextSummary sum = leaf->summary();
    const std::string_view old = leaf->text();
    tree_.replace_finger(TextLeaf::make({old.substr(0, begin), utf8, old.substr(end)}, sum += difference, kSlack));
  }
  tree_.changed(difference);
  if (size < TextLeaf::kMin && end > begin) join_small();
}

// As splice, when the leaf becomes too large: it is cut into several. What is appended leaves a full leaf as it is.
void Rope::split(std::size_t begin, std::size_t end, std::string_view utf8) {
  TextLeaf* const leaf = tree_.finger();
  const bool appends = begin == leaf->size && leaf->size >= TextLeaf::kMax / 2;
  std::string whole;
  if (!appends) {
    const std::string_view old = leaf->text();
    whole.reserve(old.size() + utf8.size());
    whole.append(old.substr(0, begin)).append(utf8).append(old.substr(end));
    utf8 = whole;
  }
  bool replaces = !appends;
  std::uint32_t position = tree_.before().bytes + (appends ? leaf->size : 0u);
  cut(utf8, [&](std::string_view piece) {
    TextLeaf* const fresh = TextLeaf::make(piece, kSlack);
    if (replaces) {
      tree_.changed(difference_of(fresh->summary(), tree_.finger()->summary()));
      tree_.replace_finger(fresh);
      replaces = false;
    } else {
      tree_.seek<&TextSummary::bytes>(position, Edge::ending);
      tree_.insert_after(fresh);
    }
    position += static_cast<std::uint32_t>(piece.size());
  });
}

// The finger's leaf has become small: join it with a neighbour if both fit into one.
void Rope::join_small() {
  const TextLeaf* const leaf = tree_.finger();
  const auto fits = [&](const TextLeaf* other) { return other && leaf->size + other->size <= TextLeaf::kMax * 3 / 4; };
  if (fits(tree_.previous_sibling())) {
    tree_.move_to_previous_sibling();
  } else if (!fits(tree_.next_sibling())) {
    return;
  }
  const TextLeaf* const left = tree_.finger();
  const TextLeaf* const right = tree_.next_sibling();
  const TextSummary gained = right->summary();
  TextSummary sum = left->summary();
  tree_.replace_finger(TextLeaf::make({left->text(), right->text()}, sum += gained, 0));
  tree_.changed(gained);
  tree_.move_to_next_sibling();
  tree_.remove();
}

}  // namespace tutti::ot
