// codec/scratch.hpp: a stack of children while their number is not known; a finished container moves to the arena.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

#include "codec/value.hpp"

namespace tutti::codec {

class Scratch {
 public:
  std::size_t mark() const noexcept { return size_; }

  template <class T>
  void push(const T& item) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % kStep == 0);
    if (capacity_ - size_ < sizeof(T)) grow();
    std::memcpy(data_ + size_, &item, sizeof(T));
    size_ += sizeof(T);
  }

  // All that was pushed since `mark`, now in the arena.
  template <class T>
  std::span<const T> take(std::size_t mark, Arena& arena) {
    const std::size_t bytes = size_ - mark;
    size_ = mark;
    if (bytes == 0) return {};
    T* const items = static_cast<T*>(arena.allocate(bytes, alignof(T)));
    // Nearly always few: no call.
    for (std::size_t at = 0; at < bytes; at += kStep) {
      std::memcpy(reinterpret_cast<std::byte*>(items) + at, data_ + mark + at, kStep);
    }
    return {items, bytes / sizeof(T)};
  }

 private:
  void grow() {
    auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity_ * 2);
    std::memcpy(larger.get(), data_, size_);
    heap_ = std::move(larger);
    data_ = heap_.get();
    capacity_ *= 2;
  }

  static constexpr std::size_t kStep = 16;
  static constexpr std::size_t kFirst = 2048;
  alignas(16) std::byte first_[kFirst];
  std::byte* data_ = first_;
  std::size_t size_ = 0;
  std::size_t capacity_ = kFirst;
  std::unique_ptr<std::byte[]> heap_;
};

}  // namespace tutti::codec
