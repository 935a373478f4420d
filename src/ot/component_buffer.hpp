// ot/component_buffer.hpp: the storage of a Change or Composite: components and text in one buffer, small ones in
// place.
//
// Internal to ot/. Appending keeps the sums but not the canonical form; that is ChangeWriter's work
// (ot/change_writer.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "ot/attributes.hpp"
#include "ot/value.hpp"

namespace tutti::ot {

struct RawComponent {
  enum class Kind : std::uint32_t { retain, insert, embed, erase };

  RawComponent(Kind kind, std::uint32_t units, std::uint32_t bytes_or_embed, std::uint32_t attributes_index) noexcept
      : length(units),
        payload(bytes_or_embed),
        kind_and_attributes(attributes_index << 2 | static_cast<std::uint32_t>(kind)) {}

  Kind kind() const noexcept { return static_cast<Kind>(kind_and_attributes & 3); }
  std::uint32_t attributes() const noexcept { return kind_and_attributes >> 2; }
  bool inserts() const noexcept { return kind() == Kind::insert || kind() == Kind::embed; }
  std::uint32_t text_bytes() const noexcept { return kind() == Kind::insert ? payload : 0; }

  std::uint32_t length;               // UTF-16 units
  std::uint32_t payload;              // insert: bytes of its text; embed: its number in the tables
  std::uint32_t kind_and_attributes;  // attributes: number in the tables, from 1; 0 is none
};

class ComponentBuffer {
 public:
  ComponentBuffer() noexcept = default;
  ComponentBuffer(const ComponentBuffer& other)
      : size_(other.size_),
        text_size_(other.text_size_),
        base_length_(other.base_length_),
        target_length_(other.target_length_),
        tables_(other.tables_ ? std::make_unique<Tables>(*other.tables_) : nullptr) {
    if (other.on_heap()) {
      copy_block(other);
    } else {
      std::memcpy(inline_, other.inline_, sizeof inline_);
    }
  }
  ComponentBuffer(ComponentBuffer&& other) noexcept { take(other); }
  ComponentBuffer& operator=(ComponentBuffer other) noexcept {
    release();
    take(other);
    return *this;
  }
  ~ComponentBuffer() { release(); }

  std::size_t size() const noexcept { return size_; }
  std::span<const RawComponent> components() const noexcept { return {raw(), size_}; }
  std::string_view text() const noexcept { return {text_begin(), text_size_}; }
  std::uint32_t base_length() const noexcept { return base_length_; }
  std::uint32_t target_length() const noexcept { return target_length_; }

  const Attributes& attributes(std::uint32_t index) const noexcept {
    return index == 0 ? kNone : tables_->attributes[index - 1];
  }
  const Value& embed(std::uint32_t index) const noexcept { return tables_->embeds[index]; }
  bool has_tables() const noexcept { return tables_ != nullptr; }

  void reserve(std::size_t components, std::size_t text_bytes);
  void clear() noexcept;
  void shrink();                              // gives back capacity that is not used
  std::size_t memory_bytes() const noexcept;  // beside the object itself; attributes and embeds not counted

 private:
  friend class ChangeWriter;

  struct Tables {
    std::vector<Attributes> attributes;
    std::vector<Value> embeds;
  };
  static constexpr std::uint32_t kInlineComponents = 3;
  static constexpr std::uint32_t kInlineText = 28;
  static constexpr std::size_t kCapacityMax = 0xFFFF'FFFF;
  static const Attributes kNone;

  bool on_heap() const noexcept { return component_capacity_ > kInlineComponents || text_capacity_ > kInlineText; }
  const char* block() const noexcept { return on_heap() ? heap_ : inline_; }
  const RawComponent* raw() const noexcept { return reinterpret_cast<const RawComponent*>(block()); }
  RawComponent* raw() noexcept { return const_cast<RawComponent*>(std::as_const(*this).raw()); }
  const char* text_begin() const noexcept { return block() + component_capacity_ * sizeof(RawComponent); }
  char* text_begin() noexcept { return const_cast<char*>(std::as_const(*this).text_begin()); }
  void move_to_block(std::size_t component_capacity, std::size_t text_capacity);
  void copy_block(const ComponentBuffer& other);
  // Leaves `other` empty. This object holds nothing.
  void take(ComponentBuffer& other) noexcept {
    size_ = std::exchange(other.size_, 0);
    text_size_ = std::exchange(other.text_size_, 0);
    base_length_ = std::exchange(other.base_length_, 0);
    target_length_ = std::exchange(other.target_length_, 0);
    component_capacity_ = std::exchange(other.component_capacity_, kInlineComponents);
    text_capacity_ = std::exchange(other.text_capacity_, kInlineText);
    tables_ = std::move(other.tables_);
    std::memcpy(inline_, other.inline_, sizeof inline_);  // or the pointer, which lies there too
  }
  void release() noexcept {
    if (on_heap()) ::operator delete(heap_);
  }

  std::uint32_t size_ = 0;
  std::uint32_t text_size_ = 0;
  std::uint32_t base_length_ = 0;    // retained and deleted units
  std::uint32_t target_length_ = 0;  // retained and inserted units
  std::uint32_t component_capacity_ = kInlineComponents;
  std::uint32_t text_capacity_ = kInlineText;
  std::unique_ptr<Tables> tables_;
  union {
    alignas(RawComponent) char inline_[kInlineComponents * sizeof(RawComponent) + kInlineText] = {};
    char* heap_;
  };
};

}  // namespace tutti::ot
