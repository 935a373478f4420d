#include "codec/value.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

namespace tutti::codec {

struct Arena::Block {
  Block* older;
  std::size_t size;  // of the bytes behind
};

void* Arena::allocate_block(std::size_t size) {
  static_assert(sizeof(Block) % 16 == 0);
  constexpr std::size_t kBlockMin = 8 * 1024, kBlockMax = 1024 * 1024;
  const std::size_t doubled = blocks_ ? std::min(blocks_->size * 2, kBlockMax) : kBlockMin;
  const std::size_t block_size = std::max(doubled, size);
  auto* const memory = static_cast<std::byte*>(::operator new(sizeof(Block) + block_size));
  blocks_ = ::new (memory) Block{blocks_, block_size};
  at_ = memory + sizeof(Block) + size;
  end_ = memory + sizeof(Block) + block_size;
  return memory + sizeof(Block);
}

void Arena::reset() noexcept {
  while (blocks_) ::operator delete(std::exchange(blocks_, blocks_->older));
  at_ = first_;
  end_ = first_ + kFirst;
}

std::uint64_t Value::as_unsigned_integer() const noexcept {
  if (kind_ == Kind::unsigned_integer) return unsigned_;
  TUTTI_ASSERT(kind_ == Kind::integer && integer_ >= 0);
  return static_cast<std::uint64_t>(integer_);
}

double Value::as_number() const noexcept {
  if (kind_ == Kind::integer) return static_cast<double>(integer_);
  if (kind_ == Kind::unsigned_integer) return static_cast<double>(unsigned_);
  TUTTI_ASSERT(kind_ == Kind::number || kind_ == Kind::date);
  return number_;
}

std::optional<std::int64_t> Value::whole_number() const noexcept {
  if (kind_ == Kind::integer) return integer_;
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (kind_ != Kind::number || !(number_ >= -kTwoTo63 && number_ < kTwoTo63)) return std::nullopt;
  if (std::trunc(number_) != number_) return std::nullopt;
  return static_cast<std::int64_t>(number_);
}

Value Value::operator[](std::string_view key) const noexcept {
  if (kind_ != Kind::object) return {};
  for (std::uint32_t i = size_; i-- > 0;) {
    if (members_[i].key == key) return members_[i].value;
  }
  return {};
}

}  // namespace tutti::codec
