// The reading half of the rope; the editing half is rope_edit.cpp.
#include "ot/rope.hpp"

#include <algorithm>

#include "ot/change_writer.hpp"

namespace tutti::ot {

Result<void, ChangeError> Rope::check(const Change& change) const {
  if (change.is_rich()) return ChangeError::rich_in_text;
  if (auto fits = check_lengths(change); !fits) return fits;
  if (!splits_no_pair(change)) return ChangeError::split_surrogate;
  return {};
}

Result<void, ChangeError> Rope::check_lengths(const Change& change) const {
  if (change.base_length() > length_utf16()) return ChangeError::beyond_end;
  // An embed is written as kObject, of which a component has at least as many bytes as it takes itself.
  const std::size_t embeds = kObject.size() * change.size();
  if (change.inserted_text().size() + embeds > kLengthMax - size_bytes()) return ChangeError::length_overflow;
  return {};
}

bool Rope::splits_no_pair(const Change& change) const {
  if (!has_pairs()) return true;
  std::size_t position = 0;
  for (const RawComponent& component : ChangeAccess::buffer(change).components()) {
    // Between two components that keep the text as it is there may be an edge too: where attributes begin or end.
    if (splits_pair(position)) return false;
    if (!component.inserts()) position += component.length;
  }
  return !splits_pair(position);
}

bool Rope::splits_pair(std::size_t position) const {
  if (!has_pairs() || position >= length_utf16()) return false;
  const auto at = static_cast<std::uint32_t>(position);
  const auto [leaf, before] = tree_.find<&TextSummary::utf16>(at, Edge::beginning);
  return leaf->has_pairs() && leaf->offset<&TextSummary::utf16>(at - before.utf16).inside_pair;
}

// All measures of the text before a position that is given in one of them.
template <Rope::Tree::Measure from>
TextSummary Rope::summary_at(std::size_t position) const {
  if (position >= tree_.total().*from) return tree_.total();
  const auto at = static_cast<std::uint32_t>(position);
  auto [leaf, before] = tree_.find<from>(at, Edge::beginning);
  std::size_t bytes = leaf->template offset<from>(at - before.*from).bytes;
  while (bytes > 0 && is_continuation(leaf->data()[bytes])) --bytes;
  return before += leaf->summary_before(bytes);
}

std::size_t Rope::utf16_from_code_points(std::size_t position) const {
  return has_pairs() ? summary_at<&TextSummary::code_points>(position).utf16 : std::min(position, length_utf16());
}
std::size_t Rope::code_points_from_utf16(std::size_t position) const {
  return has_pairs() ? summary_at<&TextSummary::utf16>(position).code_points : std::min(position, length_utf16());
}
std::size_t Rope::bytes_from_utf16(std::size_t position) const {
  return summary_at<&TextSummary::utf16>(position).bytes;
}
std::size_t Rope::utf16_from_bytes(std::size_t position) const {
  return summary_at<&TextSummary::bytes>(position).utf16;
}
std::size_t Rope::line_of(std::size_t position) const { return summary_at<&TextSummary::utf16>(position).newlines; }

std::size_t Rope::line_start(std::size_t line) const {
  if (line == 0) return 0;
  if (line > newlines()) return length_utf16();
  auto [leaf, before] = tree_.find<&TextSummary::newlines>(static_cast<std::uint32_t>(line), Edge::ending);
  return (before += leaf->summary_before(offset_behind_newline(leaf->text(), line - before.newlines))).utf16;
}

std::string Rope::to_string() const { return slice(0, length_utf16()); }

std::string Rope::slice(std::size_t begin, std::size_t end) const {
  std::string text;
  const Chunks all = chunks(begin, end);
  text.reserve(all.end_ - all.begin_);
  for (const std::string_view chunk : all) text += chunk;
  return text;
}

Rope::Chunks Rope::chunks() const { return {tree_, 0, size_bytes()}; }

Rope::Chunks Rope::chunks(std::size_t begin, std::size_t end) const {
  const std::size_t begin_bytes = bytes_from_utf16(begin);
  return {tree_, begin_bytes, std::max(begin_bytes, bytes_from_utf16(end))};
}

std::string_view Rope::Chunks::Iterator::operator*() const noexcept {
  const std::string_view text = walk_.leaf()->text();
  const std::size_t start = walk_.before().bytes;
  const std::size_t first = begin_ > start ? begin_ - start : 0;
  return text.substr(first, end_ - start - first);
}

Change Rope::invert(const Change& change) const {
  ComponentBuffer result;
  ChangeWriter out(result);
  std::size_t position = 0;
  for (const RawComponent& component : ChangeAccess::buffer(change).components()) {
    switch (component.kind()) {
      case RawComponent::Kind::retain:
        out.retain(component.length);
        position += component.length;
        break;
      case RawComponent::Kind::erase:
        out.insert(slice(position, position + component.length), component.length, {});
        position += component.length;
        break;
      default:
        out.erase(component.length);
        break;
    }
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

bool operator==(const Rope& a, const Rope& b) noexcept {
  if (a.tree_.same_root(b.tree_)) return true;
  if (a.tree_.total() != b.tree_.total()) return false;
  auto left = a.chunks().begin();
  auto right = b.chunks().begin();
  std::string_view x;
  std::string_view y;
  while (true) {
    if (x.empty()) {
      if (left == std::default_sentinel) return true;
      x = *left;
      ++left;
    }
    if (y.empty()) {
      y = *right;
      ++right;
    }
    const std::size_t length = std::min(x.size(), y.size());
    if (x.substr(0, length) != y.substr(0, length)) return false;
    x.remove_prefix(length);
    y.remove_prefix(length);
  }
}

bool operator==(const Rope& rope, std::string_view text) noexcept {
  if (rope.size_bytes() != text.size()) return false;
  for (const std::string_view chunk : rope.chunks()) {
    if (text.substr(0, chunk.size()) != chunk) return false;
    text.remove_prefix(chunk.size());
  }
  return true;
}

}  // namespace tutti::ot
