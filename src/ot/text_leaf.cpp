#include "ot/text_leaf.hpp"

#include <algorithm>
#include <new>

namespace tutti::ot {

TextLeaf::TextLeaf(std::size_t room, const TextSummary& summary) noexcept
    : TreeNode(0),
      capacity(static_cast<std::uint16_t>(room)),
      size(static_cast<std::uint16_t>(summary.bytes)),
      utf16(static_cast<std::uint16_t>(summary.utf16)),
      code_points(static_cast<std::uint16_t>(summary.code_points)),
      newlines(static_cast<std::uint16_t>(summary.newlines)) {}

TextLeaf* TextLeaf::make(std::initializer_list<std::string_view> texts, const TextSummary& summary, std::size_t slack) {
  // Rounded so that the block fills a size class of the usual allocators (16 bytes, 8 of them their own).
  const std::size_t block = (sizeof(TextLeaf) + summary.bytes + slack + 8 + 15) / 16 * 16 - 8;
  auto* const leaf = new (::operator new(block)) TextLeaf(block - sizeof(TextLeaf), summary);
  char* at = leaf->data();
  for (const std::string_view text : texts) {
    at = std::copy(text.begin(), text.end(), at);
  }
  return leaf;
}

TextLeaf* TextLeaf::make(std::string_view utf8, std::size_t slack) {
  return make({utf8}, TextSummary::of(utf8), slack);
}

TextLeaf* TextLeaf::clone() const { return make({text()}, summary(), capacity - size); }

void TextLeaf::destroy(TextLeaf* leaf) noexcept {
  leaf->~TextLeaf();
  ::operator delete(leaf);
}

TextSummary TextLeaf::summary_before(std::size_t end) const noexcept {
  return end <= size / 2u ? summary_of(0, end) : [&] {
    TextSummary whole = summary();
    return whole -= summary_of(end, size);
  }();
}

}  // namespace tutti::ot
