#include "ot/component_buffer.hpp"

#include <cstring>
#include <new>

namespace tutti::ot {

const Attributes ComponentBuffer::kNone;

ComponentBuffer::ComponentBuffer(const ComponentBuffer& other)
    : base_length_(other.base_length_),
      target_length_(other.target_length_),
      tables_(other.tables_ ? std::make_unique<Tables>(*other.tables_) : nullptr) {
  reserve(other.size_, other.text_size_);
  size_ = other.size_;
  text_size_ = other.text_size_;
  std::memcpy(static_cast<void*>(raw()), other.raw(), size_ * sizeof(RawComponent));
  std::memcpy(text_begin(), other.text_begin(), text_size_);
}

ComponentBuffer::ComponentBuffer(ComponentBuffer&& other) noexcept { take(other); }

ComponentBuffer& ComponentBuffer::operator=(ComponentBuffer other) noexcept {
  release();
  take(other);
  return *this;
}

// Leaves `other` empty. This object holds nothing.
void ComponentBuffer::take(ComponentBuffer& other) noexcept {
  size_ = other.size_;
  text_size_ = other.text_size_;
  base_length_ = other.base_length_;
  target_length_ = other.target_length_;
  component_capacity_ = other.component_capacity_;
  text_capacity_ = other.text_capacity_;
  tables_ = std::move(other.tables_);
  std::memcpy(inline_, other.inline_, sizeof inline_);  // or the pointer, which lies there too
  other.size_ = other.text_size_ = other.base_length_ = other.target_length_ = 0;
  other.component_capacity_ = kInlineComponents;
  other.text_capacity_ = kInlineText;
}

void ComponentBuffer::release() noexcept {
  if (on_heap()) ::operator delete(heap_);
}

void ComponentBuffer::clear() noexcept {
  size_ = text_size_ = base_length_ = target_length_ = 0;
  tables_.reset();
}

void ComponentBuffer::reserve(std::size_t components, std::size_t text_bytes) {
  if (components <= component_capacity_ && text_bytes <= text_capacity_) return;
  move_to_block(std::max<std::size_t>(components, component_capacity_),
                std::max<std::size_t>(text_bytes, text_capacity_));
}

void ComponentBuffer::shrink() {
  if (!on_heap() || (size_ == component_capacity_ && text_size_ == text_capacity_)) return;
  if (size_ <= kInlineComponents && text_size_ <= kInlineText) {
    ComponentBuffer small(*this);  // in place, as it has no more than it needs
    *this = std::move(small);
  } else {
    move_to_block(std::max<std::size_t>(size_, kInlineComponents), std::max<std::size_t>(text_size_, kInlineText));
  }
}

void ComponentBuffer::move_to_block(std::size_t component_capacity, std::size_t text_capacity) {
  const std::size_t text_offset = component_capacity * sizeof(RawComponent);
  char* const block = static_cast<char*>(::operator new(text_offset + text_capacity));
  std::memcpy(block, raw(), size_ * sizeof(RawComponent));
  std::memcpy(block + text_offset, text_begin(), text_size_);
  release();
  heap_ = block;
  component_capacity_ = static_cast<std::uint32_t>(component_capacity);
  text_capacity_ = static_cast<std::uint32_t>(text_capacity);
}

std::size_t ComponentBuffer::memory_bytes() const noexcept {
  return on_heap() ? component_capacity_ * sizeof(RawComponent) + text_capacity_ : 0;
}

}  // namespace tutti::ot
