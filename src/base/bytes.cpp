#include "base/bytes.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>

#include "base/assert.hpp"

namespace tutti {

struct SharedBytes::Block {
  std::atomic<std::uint32_t> references;
  std::uint32_t size;
  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
};

SharedBytes SharedBytes::allocate(std::size_t size, char*& data) {
  TUTTI_ASSERT(size <= std::numeric_limits<std::uint32_t>::max());
  if (size == 0) {
    data = nullptr;
    return {};
  }
  auto* block = ::new (::operator new(sizeof(Block) + size)) Block{1, static_cast<std::uint32_t>(size)};
  data = block->bytes();
  return SharedBytes(block);
}

SharedBytes SharedBytes::copy(std::string_view bytes) {
  char* data = nullptr;
  SharedBytes result = allocate(bytes.size(), data);
  if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
  return result;
}

const char* SharedBytes::data() const noexcept { return block_ ? block_->bytes() : nullptr; }
std::size_t SharedBytes::size() const noexcept { return block_ ? block_->size : 0; }

void SharedBytes::acquire() const noexcept {
  if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
}

void SharedBytes::release() noexcept {
  if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block_->~Block();
    ::operator delete(block_);
  }
  block_ = nullptr;
}

}  // namespace tutti
