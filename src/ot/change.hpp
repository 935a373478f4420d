// ot/change.hpp: a change to a document, exactly a canonical Delta of quill-delta 5.
//
// A list of components that walk over the document: retain (with attributes: format), insert text or an embed, delete.
// Positions and lengths are UTF-16 code units; an embed counts 1. Text is valid UTF-8.
// Canonical: neighbours of one kind with equal attributes are joined, an insert stands before a delete at the same
// place, there is no empty component and no trailing plain retain. So equal changes have equal components.
//
// Immutable. Made by ChangeBuilder (ot/change_builder.hpp) from outside data, and by the algebra (ot/algebra.hpp).
// One buffer holds components and text; a small change lives inside the object, without allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "ot/attributes.hpp"
#include "ot/component_buffer.hpp"
#include "ot/value.hpp"

namespace tutti::ot {

// One component, as seen by a reader. `text`, `embed` and `attributes` borrow from the change.
struct Component {
  enum class Kind : std::uint8_t { retain, insert, embed, erase };

  Kind kind;
  std::size_t length;            // UTF-16 units; 1 for an embed
  std::string_view text;         // insert only: UTF-8
  const Value* embed;            // embed only: an object with one key
  const Attributes* attributes;  // never nullptr; empty if there are none, always for erase

  friend bool operator==(const Component& a, const Component& b) noexcept;
};

class Change {
 public:
  class Iterator;

  Change() noexcept = default;  // changes nothing

  Iterator begin() const noexcept;
  Iterator end() const noexcept;
  std::size_t size() const noexcept;  // components
  bool empty() const noexcept { return size() == 0; }

  // What a document must at least be long to take the change: retained and deleted units.
  std::size_t base_length() const noexcept;
  // How long such a document is afterwards: retained and inserted units.
  std::size_t target_length() const noexcept;
  std::ptrdiff_t length_difference() const noexcept;
  // Has attributes or embeds: not for a plain text document.
  bool is_rich() const noexcept;
  // Only inserts: such a change is a whole document.
  bool is_document() const noexcept;
  // All inserted text, in order, without embeds; borrows.
  std::string_view inserted_text() const noexcept;

  friend bool operator==(const Change& a, const Change& b) noexcept;

 private:
  friend struct ChangeAccess;
  explicit Change(ComponentBuffer buffer) noexcept : buffer_(std::move(buffer)) {}

  ComponentBuffer buffer_;
};

}  // namespace tutti::ot
