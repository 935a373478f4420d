// ot/component_cursor.hpp: walks over components, whole or in parts. Behind the last one there is an endless plain
// retain.
//
// Internal to ot/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "ot/change_writer.hpp"
#include "ot/component_buffer.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {

class ComponentCursor {
 public:
  using Kind = RawComponent::Kind;
  static constexpr std::uint32_t kEndless = std::numeric_limits<std::uint32_t>::max();

  explicit ComponentCursor(const ComponentBuffer& buffer) noexcept
      : buffer_(&buffer), at_(buffer.components().data()), end_(at_ + buffer.size()), text_(buffer.text().data()) {
    enter();
  }

  bool done() const noexcept { return at_ == end_; }
  Kind kind() const noexcept { return kind_; }
  bool at_insert() const noexcept { return kind_ == Kind::insert || kind_ == Kind::embed; }
  std::uint32_t left() const noexcept { return left_; }  // units of this component still ahead
  std::uint32_t attributes_index() const noexcept { return done() ? 0 : at_->attributes(); }
  const Attributes& attributes() const noexcept { return buffer_->attributes(attributes_index()); }
  const Value& embed() const noexcept { return buffer_->embed(at_->payload); }  // of an embed

  // Over `length` units of this component, at most left().
  void skip(std::uint32_t length) noexcept {
    if (length == left_) return next();
    if (done()) return;
    if (half_) {
      half_ = false;
      --left_;
      --length;
    }
    if (kind_ == Kind::insert) cut_text(length);
    left_ -= length;
  }
  void next() noexcept {
    if (done()) return;
    text_ += bytes_left_;
    ++at_;
    enter();
  }

  // Writes the next `length` units of this insert or embed, with the given attributes, and moves over them. Where a
  // surrogate pair is cut, each half becomes U+FFFD, so that lengths and UTF-8 stay right.
  void take_insert(std::uint32_t length, const Attributes& attributes, ChangeWriter& out) {
    if (kind_ == Kind::embed) {
      out.embed(buffer_->embed(at_->payload), attributes);
      return next();
    }
    if (half_) {
      out.insert(kReplacement, 1, attributes);
      if (left_ == 1) return next();
      half_ = false;
      --left_;
      if (--length == 0) return;
    }
    if (length == left_) {
      out.insert({text_, bytes_left_}, length, attributes);
      return next();
    }
    const char* const begin = text_;
    const bool cut = cut_text(length);
    const std::size_t whole = static_cast<std::size_t>(text_ - begin) - (cut ? 4 : 0);
    out.insert({begin, whole}, length - cut, attributes);
    if (cut) out.insert(kReplacement, 1, attributes);
    left_ -= length;
  }
  void take_insert(ChangeWriter& out) { take_insert(left_, attributes(), out); }

  // What is left of this component, unchanged.
  void take_one(ChangeWriter& out) {
    if (done()) return;
    if (at_insert()) return take_insert(out);
    if (kind_ == Kind::erase) {
      out.erase(left_);
    } else {
      out.retain(left_, attributes());
    }
    next();
  }

  // What is left of this and all that follows, unchanged.
  void take_rest(ChangeWriter& out) {
    if (done()) return;
    if (left_ != at_->length) take_one(out);
    out.append_rest(*buffer_, static_cast<std::size_t>(at_ - buffer_->components().data()), text_);
  }

 private:
  void enter() noexcept {
    if (at_ == end_) {
      kind_ = Kind::retain;
      left_ = kEndless;
      bytes_left_ = 0;
    } else {
      kind_ = at_->kind();
      left_ = at_->length;
      bytes_left_ = at_->text_bytes();
    }
    half_ = false;
  }

  // Moves the text by `length` units, less than left_. Whether a pair was cut: then its four bytes are behind us and
  // its second half is still to come.
  bool cut_text(std::uint32_t length) noexcept {
    if (bytes_left_ == left_) {  // ASCII
      text_ += length;
      bytes_left_ -= length;
      return false;
    }
    const auto [bytes, inside_pair] = offset_of_utf16({text_, bytes_left_}, length);
    const std::size_t moved = bytes + (inside_pair ? 4 : 0);
    text_ += moved;
    bytes_left_ -= static_cast<std::uint32_t>(moved);
    half_ = inside_pair;
    return inside_pair;
  }

  const ComponentBuffer* buffer_;
  const RawComponent* at_;
  const RawComponent* end_;
  const char* text_;  // what is left of this component's text begins here
  Kind kind_ = Kind::retain;
  std::uint32_t left_ = 0;
  std::uint32_t bytes_left_ = 0;
  bool half_ = false;  // the first unit ahead is the second of a pair whose bytes are behind
};

}  // namespace tutti::ot
