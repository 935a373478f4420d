// ot/rich_text.hpp: the content of a rich document: a Rope, and attribute runs beside it in a tree of their own.
//
// An embed takes one UTF-16 unit of the text (U+FFFC) and a run of its own. Copy and thread rules are those of Rope.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"
#include "ot/change.hpp"
#include "ot/change_builder.hpp"
#include "ot/rope.hpp"
#include "ot/run_tree.hpp"

namespace tutti::ot {

class RichText {
 public:
  RichText() = default;
  // From a change of inserts (is_document()); anything else counts as not fitting: beyond_end.
  static Result<RichText, ChangeError> from_document(const Change& document);

  std::size_t length_utf16() const noexcept { return text_.length_utf16(); }
  std::size_t size_bytes() const noexcept { return text_.size_bytes(); }
  const Rope& text() const noexcept { return text_; }  // embeds as U+FFFC
  std::size_t runs() const noexcept { return runs_.size(); }

  Result<void, ChangeError> check(const Change& change) const;
  Result<void, ChangeError> apply(const Change& change);

  Change to_document() const;                              // canonical change of inserts
  Change slice(std::size_t begin, std::size_t end) const;  // the same of a part
  Change invert(const Change& change) const;               // it must fit (check)
  std::size_t memory_bytes() const { return text_.memory_bytes() + runs_.memory_bytes(); }

  friend bool operator==(const RichText& a, const RichText& b);

 private:
  void write(std::size_t begin, std::size_t end, class ChangeWriter& out) const;

  Rope text_;
  RunTree runs_;
};

}  // namespace tutti::ot
