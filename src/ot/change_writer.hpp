// ot/change_writer.hpp: appends components so that what comes out is canonical (or, for a Composite, keeps its order).
//
// Internal to ot/: checks nothing. The rules are those of Delta.push: neighbours with equal attributes are joined, an
// insert goes before a delete that is already there. With Order::kept an insert stays behind the delete.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "ot/change.hpp"
#include "ot/component_buffer.hpp"

namespace tutti::ot {

// What makes a Change of a buffer that is known to be canonical, and shows the buffer of a Change.
struct ChangeAccess {
  static Change make(ComponentBuffer buffer) noexcept { return Change(std::move(buffer)); }
  static const ComponentBuffer& buffer(const Change& change) noexcept { return change.buffer_; }
  static ComponentBuffer& buffer(Change& change) noexcept { return change.buffer_; }
};

enum class Order : bool { canonical, kept };

class ChangeWriter {
 public:
  explicit ChangeWriter(ComponentBuffer& out, Order order = Order::canonical) noexcept : out_(out), order_(order) {}

  void retain(std::uint32_t length);
  void retain(std::uint32_t length, const Attributes& attributes);
  void insert(std::string_view utf8, std::uint32_t length, const Attributes& attributes);
  void embed(const Value& value, const Attributes& attributes);
  void erase(std::uint32_t length);
  // What `component` of `from` inserts, whole; `text` is its text.
  void insert_from(const ComponentBuffer& from, const RawComponent& component, std::string_view text);

  // Everything of `from` from component `index` on, whose text begins at `text`; the first of them joins with what is
  // here.
  void append_rest(const ComponentBuffer& from, std::size_t index, const char* text);

  // The change begins with a plain retain of `from` (0: with none); it becomes one of `to`.
  void move_front(std::uint32_t from, std::uint32_t to);

  // Drops a plain retain at the end: call it when all is written.
  void chop() noexcept;

 private:
  using Kind = RawComponent::Kind;

  RawComponent* last() noexcept { return out_.size_ ? out_.raw() + out_.size_ - 1 : nullptr; }
  bool has_attributes(const RawComponent& component, const Attributes& attributes) const noexcept;
  std::uint32_t add_attributes(const Attributes& attributes);
  void push(const RawComponent& component);
  void push_insert(const RawComponent& component);
  void append_text(std::string_view utf8);

  ComponentBuffer& out_;
  Order order_;
};

inline void ChangeWriter::push(const RawComponent& component) {
  if (out_.size_ == out_.component_capacity_) out_.reserve(std::size_t{out_.size_} * 2, out_.text_capacity_);
  out_.raw()[out_.size_++] = component;
}

inline void ChangeWriter::move_front(std::uint32_t from, std::uint32_t to) {
  if (from == to) return;
  out_.base_length_ += to - from;
  out_.target_length_ += to - from;
  if (from != 0 && to != 0) {
    out_.raw()->length = to;
    return;
  }
  if (to != 0) {
    push({Kind::retain, to, 0, 0});
    std::rotate(out_.raw(), out_.raw() + out_.size_ - 1, out_.raw() + out_.size_);
  } else {
    std::move(out_.raw() + 1, out_.raw() + out_.size_, out_.raw());
    --out_.size_;
  }
}

inline void ChangeWriter::append_text(std::string_view utf8) {
  if (utf8.empty()) return;
  const std::size_t size = out_.text_size_ + utf8.size();
  if (size > out_.text_capacity_)
    out_.reserve(out_.component_capacity_, std::max(size, std::min(size * 2, ComponentBuffer::kCapacityMax)));
  std::memcpy(out_.text_begin() + out_.text_size_, utf8.data(), utf8.size());
  out_.text_size_ = static_cast<std::uint32_t>(size);
}

inline void ChangeWriter::retain(std::uint32_t length) {
  if (length == 0) return;
  out_.base_length_ += length;
  out_.target_length_ += length;
  RawComponent* const end = last();
  if (end && end->kind_and_attributes == 0) {  // a plain retain
    end->length += length;
  } else {
    push({Kind::retain, length, 0, 0});
  }
}

inline void ChangeWriter::erase(std::uint32_t length) {
  if (length == 0) return;
  out_.base_length_ += length;
  RawComponent* const end = last();
  if (end && end->kind() == Kind::erase) {
    end->length += length;
  } else {
    push({Kind::erase, length, 0, 0});
  }
}

inline bool ChangeWriter::has_attributes(const RawComponent& component, const Attributes& attributes) const noexcept {
  if (component.attributes() == 0) return attributes.empty();
  return !attributes.empty() && out_.attributes(component.attributes()) == attributes;
}

}  // namespace tutti::ot
