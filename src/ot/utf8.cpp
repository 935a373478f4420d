#include "ot/utf8.hpp"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tutti::ot {
namespace {

// Counts of one block of 16 bytes are bytes that say yes: code points start at every byte that is no continuation, a
// pair has one more unit at a lead byte F0..F7.
#if defined(__SSE2__)
constexpr std::size_t kBlock = 16;

__m128i load(const char* at) noexcept { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
// As signed bytes the continuations 80..BF are -128..-65: below -64.
__m128i starts(__m128i block) noexcept { return _mm_cmpgt_epi8(block, _mm_set1_epi8(-65)); }
__m128i fours(__m128i block) noexcept {
  return _mm_cmpeq_epi8(_mm_max_epu8(block, _mm_set1_epi8(static_cast<char>(0xF0))), block);
}
__m128i newlines(__m128i block) noexcept { return _mm_cmpeq_epi8(block, _mm_set1_epi8('\n')); }

std::size_t sum(__m128i byte_counts) noexcept {
  const __m128i halves = _mm_sad_epu8(byte_counts, _mm_setzero_si128());
  return static_cast<std::size_t>(_mm_cvtsi128_si64(halves)) +
         static_cast<std::size_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(halves, halves)));
}

// The sum of count(block) over as many whole blocks of the text as it has; `at` moves behind them. A byte counter holds
// 255, so at most 127 blocks of up to two yeses are added before they are summed.
template <class Count>
std::size_t count_blocks(const char*& at, const char* end, Count count) noexcept {
  std::size_t total = 0;
  while (static_cast<std::size_t>(end - at) >= kBlock) {
    __m128i counts = _mm_setzero_si128();
    for (int block = 0; block < 127 && static_cast<std::size_t>(end - at) >= kBlock; ++block, at += kBlock) {
      counts = count(counts, load(at));
    }
    total += sum(counts);
  }
  return total;
}

struct AddUnits {
  __m128i operator()(__m128i counts, __m128i block) const noexcept {
    return _mm_sub_epi8(_mm_sub_epi8(counts, starts(block)), fours(block));
  }
};
struct AddCodePoints {
  __m128i operator()(__m128i counts, __m128i block) const noexcept { return _mm_sub_epi8(counts, starts(block)); }
};
struct AddNewlines {
  __m128i operator()(__m128i counts, __m128i block) const noexcept { return _mm_sub_epi8(counts, newlines(block)); }
};

template <class Count>
std::size_t count_of(const char* at, std::size_t blocks, Count count) noexcept {
  __m128i counts = _mm_setzero_si128();
  for (std::size_t i = 0; i < blocks; ++i) counts = count(counts, load(at + i * kBlock));
  return sum(counts);
}

// Moves `at` over whole blocks while they hold less than `left`; takes what they hold from `left`.
template <class Count>
void skip_blocks(const char*& at, const char* end, std::size_t& left, Count count) noexcept {
  for (const std::size_t blocks : {std::size_t{4}, std::size_t{1}}) {
    while (static_cast<std::size_t>(end - at) >= blocks * kBlock) {
      const std::size_t held = count_of(at, blocks, count);
      if (held >= left) break;
      left -= held;
      at += blocks * kBlock;
    }
  }
}

// The same backwards, while they hold at most `left`.
template <class Count>
void skip_blocks_back(const char* begin, const char*& at, std::size_t& left, Count count) noexcept {
  for (const std::size_t blocks : {std::size_t{4}, std::size_t{1}}) {
    while (static_cast<std::size_t>(at - begin) >= blocks * kBlock) {
      const std::size_t held = count_of(at - blocks * kBlock, blocks, count);
      if (held > left) break;
      left -= held;
      at -= blocks * kBlock;
    }
  }
}

std::uint32_t bits(__m128i yes) noexcept { return static_cast<std::uint32_t>(_mm_movemask_epi8(yes)); }
#endif

std::size_t units_at(char byte) noexcept {
  return static_cast<std::size_t>(!is_continuation(byte)) + (static_cast<unsigned char>(byte) >= 0xF0);
}

}  // namespace

TextCounts count_text(std::string_view utf8) noexcept {
  const char* at = utf8.data();
  const char* const end = at + utf8.size();
  TextCounts counts;
#if defined(__SSE2__)
  if (utf8.size() >= kBlock) {
    const char* again = at;
    counts.code_points = count_blocks(again, end, AddCodePoints{});
    again = at;
    counts.newlines = count_blocks(again, end, AddNewlines{});
    counts.utf16 = count_blocks(at, end, AddUnits{});
  }
#endif
  for (; at != end; ++at) {
    counts.utf16 += units_at(*at);
    counts.code_points += !is_continuation(*at);
    counts.newlines += *at == '\n';
  }
  return counts;
}

std::size_t count_utf16(std::string_view utf8) noexcept {
  const char* at = utf8.data();
  const char* const end = at + utf8.size();
  std::size_t units = 0;
#if defined(__SSE2__)
  units = count_blocks(at, end, AddUnits{});
#endif
  for (; at != end; ++at) units += units_at(*at);
  return units;
}

Utf16Offset offset_of_utf16(std::string_view utf8, std::size_t units) noexcept {
  const char* at = utf8.data();
  const char* const end = at + utf8.size();
  // A block may end inside a code point: whole blocks are skipped only while a later unit is still to come, and the
  // continuation bytes at the next block's front count nothing.
#if defined(__SSE2__)
  skip_blocks(at, end, units, AddUnits{});
  if (static_cast<std::size_t>(end - at) >= kBlock) {  // the place is in this block, or right behind it
    const __m128i block = load(at);
    const std::uint32_t pairs = bits(fours(block));
    for (std::uint32_t left = bits(starts(block)); left != 0; left &= left - 1) {
      const auto next = static_cast<std::size_t>(std::countr_zero(left));
      const std::size_t step = 1 + (pairs >> next & 1);
      if (units == 0 || step > units) return {static_cast<std::size_t>(at - utf8.data()) + next, units != 0};
      units -= step;
    }
    at += kBlock;
  }
#endif
  while (at != end && (is_continuation(*at) || units > 0)) {
    const std::size_t step = units_at(*at);
    if (step > units) return {static_cast<std::size_t>(at - utf8.data()), true};
    units -= step;
    ++at;
  }
  return {static_cast<std::size_t>(at - utf8.data()), false};
}

Utf16Offset offset_of_utf16_from_end(std::string_view utf8, std::size_t units) noexcept {
  const char* const begin = utf8.data();
  const char* const end = begin + utf8.size();
  const char* at = end;
#if defined(__SSE2__)
  skip_blocks_back(begin, at, units, AddUnits{});
#endif
  while (at != begin && units > 0) {
    const std::size_t step = units_at(*--at);
    if (step > units) return {static_cast<std::size_t>(at - begin), true};
    units -= step;
  }
  while (at != end && is_continuation(*at)) ++at;  // a block may have begun inside a code point that was not passed
  return {static_cast<std::size_t>(at - begin), false};
}

std::size_t offset_of_code_point_from_end(std::string_view utf8, std::size_t code_points) noexcept {
  const char* const begin = utf8.data();
  const char* const end = begin + utf8.size();
  const char* at = end;
#if defined(__SSE2__)
  skip_blocks_back(begin, at, code_points, AddCodePoints{});
#endif
  while (at != begin && code_points > 0) code_points -= !is_continuation(*--at);
  while (at != end && is_continuation(*at)) ++at;
  return static_cast<std::size_t>(at - begin);
}

std::size_t offset_of_code_point(std::string_view utf8, std::size_t code_points) noexcept {
  const char* at = utf8.data();
  const char* const end = at + utf8.size();
#if defined(__SSE2__)
  skip_blocks(at, end, code_points, AddCodePoints{});
  if (static_cast<std::size_t>(end - at) >= kBlock) {
    std::uint32_t left = bits(starts(load(at)));
    for (; code_points > 0 && left != 0; --code_points) left &= left - 1;
    if (left != 0) return static_cast<std::size_t>(at - utf8.data()) + static_cast<std::size_t>(std::countr_zero(left));
    at += kBlock;
  }
#endif
  while (at != end && (is_continuation(*at) || code_points > 0)) {
    code_points -= !is_continuation(*at);
    ++at;
  }
  return static_cast<std::size_t>(at - utf8.data());
}

std::size_t offset_behind_newline(std::string_view utf8, std::size_t n) noexcept {
  const char* at = utf8.data();
  const char* const end = at + utf8.size();
#if defined(__SSE2__)
  skip_blocks(at, end, n, AddNewlines{});
#endif
  while (at != end && n > 0) n -= *at++ == '\n';
  return static_cast<std::size_t>(at - utf8.data());
}

Utf8Fault check_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  const auto continues = [&](int offset) { return (at[offset] & 0xC0) == 0x80; };
  while (at != end) {
    while (end - at >= 8) {  // ASCII, eight bytes at a time
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      if (word & 0x8080808080808080u) break;
      at += 8;
    }
    if (at == end) break;
    const unsigned lead = *at;
    const auto left = end - at;
    if (lead < 0x80) {
      at += 1;
    } else if (lead < 0xC2) {
      return Utf8Fault::invalid;
    } else if (lead < 0xE0) {
      if (left < 2 || !continues(1)) return Utf8Fault::invalid;
      at += 2;
    } else if (lead < 0xF0) {
      if (left < 3 || !continues(1) || !continues(2) || (lead == 0xE0 && at[1] < 0xA0)) return Utf8Fault::invalid;
      if (lead == 0xED && at[1] >= 0xA0) return Utf8Fault::lone_surrogate;
      at += 3;
    } else {
      if (lead > 0xF4 || left < 4 || !continues(1) || !continues(2) || !continues(3)) return Utf8Fault::invalid;
      if ((lead == 0xF0 && at[1] < 0x90) || (lead == 0xF4 && at[1] >= 0x90)) return Utf8Fault::invalid;
      at += 4;
    }
  }
  return Utf8Fault::none;
}

}  // namespace tutti::ot
