// base/bytes.hpp: immutable bytes shared by many owners on many threads: one allocation, one pointer wide.
//
// What crosses workers and what many connections send is a SharedBytes: encoded once, written by all.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace tutti {

class SharedBytes {
 public:
  SharedBytes() noexcept = default;  // empty, no allocation
  static SharedBytes copy(std::string_view bytes);
  // Room for `size` bytes that the caller fills at `data` before anyone else sees the value.
  static SharedBytes allocate(std::size_t size, char*& data);

  SharedBytes(const SharedBytes& other) noexcept : block_(other.block_) { acquire(); }
  SharedBytes(SharedBytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedBytes& operator=(SharedBytes other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBytes() { release(); }

  const char* data() const noexcept;
  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  std::string_view view() const noexcept { return {data(), size()}; }

 private:
  struct Block;
  explicit SharedBytes(Block* block) noexcept : block_(block) {}
  void acquire() const noexcept;
  void release() noexcept;

  Block* block_ = nullptr;
};

}  // namespace tutti
