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
  class Iterator {
   public:
    using value_type = Component;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    Iterator() noexcept = default;
    Component operator*() const noexcept;
    Iterator& operator++() noexcept {
      text_ += at_->text_bytes();
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    friend class Change;
    Iterator(const ComponentBuffer& buffer, const RawComponent* at, const char* text) noexcept
        : buffer_(&buffer), at_(at), text_(text) {}

    const ComponentBuffer* buffer_ = nullptr;
    const RawComponent* at_ = nullptr;
    const char* text_ = nullptr;
  };

  Change() noexcept = default;  // changes nothing

  Iterator begin() const noexcept { return {buffer_, buffer_.components().data(), buffer_.text().data()}; }
  Iterator end() const noexcept { return {buffer_, buffer_.components().data() + buffer_.size(), nullptr}; }
  std::size_t size() const noexcept { return buffer_.size(); }  // components
  bool empty() const noexcept { return buffer_.size() == 0; }

  // What a document must at least be long to take the change: retained and deleted units.
  std::size_t base_length() const noexcept { return buffer_.base_length(); }
  // How long such a document is afterwards: retained and inserted units.
  std::size_t target_length() const noexcept { return buffer_.target_length(); }
  std::ptrdiff_t length_difference() const noexcept {
    return static_cast<std::ptrdiff_t>(target_length()) - static_cast<std::ptrdiff_t>(base_length());
  }
  bool is_rich() const noexcept;      // has attributes or embeds: not for a plain text document
  bool is_document() const noexcept;  // has only inserts: such a change is a whole document
  // All inserted text, in order, without embeds; borrows.
  std::string_view inserted_text() const noexcept { return buffer_.text(); }

  friend bool operator==(const Change& a, const Change& b) noexcept;

 private:
  friend struct ChangeAccess;
  explicit Change(ComponentBuffer buffer) noexcept : buffer_(std::move(buffer)) {}

  ComponentBuffer buffer_;
};

inline Component Change::Iterator::operator*() const noexcept {
  return {static_cast<Component::Kind>(at_->kind()),
          at_->length,
          {text_, at_->text_bytes()},
          at_->kind() == RawComponent::Kind::embed ? &buffer_->embed(at_->payload) : nullptr,
          &buffer_->attributes(at_->attributes())};
}

}  // namespace tutti::ot
