#include "ot/component_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace tutti::ot {
constinit const Attributes ComponentBuffer::kNone;

// In place if what `other` holds fits, whatever it has room for.
void ComponentBuffer::copy_block(const ComponentBuffer& other) {
  if (size_ > kInlineComponents || text_size_ > kInlineText) {
    component_capacity_ = std::max(size_, kInlineComponents);
    text_capacity_ = std::max(text_size_, kInlineText);
    heap_ = static_cast<char*>(::operator new(component_capacity_ * sizeof(RawComponent) + text_capacity_));
  }
  std::memcpy(static_cast<void*>(raw()), other.raw(), size_ * sizeof(RawComponent));
  std::memcpy(text_begin(), other.text_begin(), text_size_);
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
  TUTTI_ASSERT(component_capacity <= kCapacityMax && text_capacity <= kCapacityMax);
  const std::size_t text_offset = component_capacity * sizeof(RawComponent);
  char* const block = static_cast<char*>(::operator new(text_offset + text_capacity));
  std::memcpy(block, raw(), size_ * sizeof(RawComponent));
  std::memcpy(block + text_offset, text_begin(), text_size_);
  if (on_heap()) ::operator delete(heap_);
  heap_ = block;
  component_capacity_ = static_cast<std::uint32_t>(component_capacity);
  text_capacity_ = static_cast<std::uint32_t>(text_capacity);
}

std::size_t ComponentBuffer::memory_bytes() const noexcept {
  return on_heap() ? component_capacity_ * sizeof(RawComponent) + text_capacity_ : 0;
}

}  // namespace tutti::ot
