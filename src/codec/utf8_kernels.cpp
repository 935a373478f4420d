#include "codec/utf8_kernels.hpp"

#include <cstdint>
#include <cstring>

#include "codec/cpu.hpp"
#include "codec/utf8_sequence.hpp"

namespace tutti::codec {

bool is_utf8_scalar(const char* bytes, std::size_t size) noexcept {
  const char* const end = bytes + size;
  while (bytes < end) {
    std::uint64_t word;
    if (end - bytes >= 8 && (std::memcpy(&word, bytes, 8), (word & 0x8080808080808080u) == 0)) {
      bytes += 8;
      continue;
    }
    const Utf8Prefix prefix = utf8_prefix(bytes, static_cast<std::size_t>(end - bytes));
    if (!prefix.whole) return false;
    bytes += prefix.size;
  }
  return true;
}

std::size_t utf16_length_scalar(const char* bytes, std::size_t size) noexcept {
  std::size_t units = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    units += !is_continuation(byte);
    units += byte >= 0xF0;  // a pair
  }
  return units;
}

#if TUTTI_X86
namespace {

// What two neighbouring bytes can be wrong in. The last of the three conditions is checked apart (kTwoContinuations).
enum Error : std::uint8_t {
  kTooShort = 1 << 0,          // a lead followed by no continuation
  kTooLong = 1 << 1,           // ASCII followed by a continuation
  kOverlong3 = 1 << 2,         // E0 80..9F
  kTooLarge = 1 << 3,          // F4 90..BF, F5.. 90..BF
  kSurrogate = 1 << 4,         // ED A0..BF
  kOverlong2 = 1 << 5,         // C0, C1
  kTooLarge1000 = 1 << 6,      // F5.. 80..8F
  kOverlong4 = 1 << 6,         // F0 80..8F
  kTwoContinuations = 1 << 7,  // right only as the third or fourth byte of a character
};
constexpr std::uint8_t kAnyLow = kTooShort | kTooLong | kTwoContinuations;
constexpr std::uint8_t kLargeLow = kAnyLow | kTooLarge | kTooLarge1000;

// Indexed by the high nibble of the first byte, the low nibble of the first byte, the high nibble of the second.
alignas(16) constexpr std::uint8_t kFirstHigh[16] = {kTooLong,
                                                     kTooLong,
                                                     kTooLong,
                                                     kTooLong,
                                                     kTooLong,
                                                     kTooLong,
                                                     kTooLong,
                                                     kTooLong,
                                                     kTwoContinuations,
                                                     kTwoContinuations,
                                                     kTwoContinuations,
                                                     kTwoContinuations,
                                                     kTooShort | kOverlong2,
                                                     kTooShort,
                                                     kTooShort | kOverlong3 | kSurrogate,
                                                     kTooShort | kTooLarge | kTooLarge1000 | kOverlong4};
alignas(16) constexpr std::uint8_t kFirstLow[16] = {kAnyLow | kOverlong3 | kOverlong2 | kOverlong4,
                                                    kAnyLow | kOverlong2,
                                                    kAnyLow,
                                                    kAnyLow,
                                                    kAnyLow | kTooLarge,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow,
                                                    kLargeLow | kSurrogate,
                                                    kLargeLow,
                                                    kLargeLow};
constexpr std::uint8_t kSecondAny = kTooLong | kOverlong2 | kTwoContinuations;
alignas(16) constexpr std::uint8_t kSecondHigh[16] = {kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kSecondAny | kOverlong3 | kTooLarge1000 | kOverlong4,
                                                      kSecondAny | kOverlong3 | kTooLarge,
                                                      kSecondAny | kSurrogate | kTooLarge,
                                                      kSecondAny | kSurrogate | kTooLarge,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort,
                                                      kTooShort};

// A last block that ends in a lead byte above these misses continuations.
alignas(32) constexpr std::uint8_t kWholeMax[32] = {255, 255, 255, 255, 255, 255, 255, 255,  255,  255, 255,
                                                    255, 255, 255, 255, 255, 255, 255, 255,  255,  255, 255,
                                                    255, 255, 255, 255, 255, 255, 255, 0xEF, 0xDF, 0xBF};

struct State16 {
  __m128i previous;
  __m128i unfinished;
  __m128i error;
};

TUTTI_TARGET("ssse3") inline __m128i table16(const std::uint8_t* table, __m128i index) {
  return _mm_shuffle_epi8(_mm_load_si128(reinterpret_cast<const __m128i*>(table)), index);
}

TUTTI_TARGET("ssse3") inline __m128i high_nibbles16(__m128i block) {
  return _mm_and_si128(_mm_srli_epi16(block, 4), _mm_set1_epi8(0x0F));
}

TUTTI_TARGET("ssse3") inline void check16(State16& state, __m128i block) {
  if (_mm_movemask_epi8(block) == 0) {
    state.error = _mm_or_si128(state.error, state.unfinished);
    state.unfinished = _mm_setzero_si128();
    state.previous = block;
    return;
  }
  const __m128i back1 = _mm_alignr_epi8(block, state.previous, 15);
  const __m128i back2 = _mm_alignr_epi8(block, state.previous, 14);
  const __m128i back3 = _mm_alignr_epi8(block, state.previous, 13);
  const __m128i pairs = _mm_and_si128(_mm_and_si128(table16(kFirstHigh, high_nibbles16(back1)),
                                                    table16(kFirstLow, _mm_and_si128(back1, _mm_set1_epi8(0x0F)))),
                                      table16(kSecondHigh, high_nibbles16(block)));
  const __m128i third = _mm_subs_epu8(back2, _mm_set1_epi8(0xE0 - 0x80));
  const __m128i fourth = _mm_subs_epu8(back3, _mm_set1_epi8(0xF0 - 0x80));
  const __m128i must_continue = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8(static_cast<char>(0x80)));
  state.error = _mm_or_si128(state.error, _mm_xor_si128(must_continue, pairs));
  state.unfinished = _mm_subs_epu8(block, _mm_load_si128(reinterpret_cast<const __m128i*>(kWholeMax + 16)));
  state.previous = block;
}

struct State32 {
  __m256i previous;
  __m256i unfinished;
  __m256i error;
};

TUTTI_TARGET("avx2") inline __m256i table32(const std::uint8_t* table, __m256i index) {
  const __m128i half = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), index);
}

TUTTI_TARGET("avx2") inline __m256i high_nibbles32(__m256i block) {
  return _mm256_and_si256(_mm256_srli_epi16(block, 4), _mm256_set1_epi8(0x0F));
}

TUTTI_TARGET("avx2") inline void check32(State32& state, __m256i block) {
  const __m256i across = _mm256_permute2x128_si256(state.previous, block, 0x21);
  const __m256i back1 = _mm256_alignr_epi8(block, across, 15);
  const __m256i back2 = _mm256_alignr_epi8(block, across, 14);
  const __m256i back3 = _mm256_alignr_epi8(block, across, 13);
  const __m256i pairs =
      _mm256_and_si256(_mm256_and_si256(table32(kFirstHigh, high_nibbles32(back1)),
                                        table32(kFirstLow, _mm256_and_si256(back1, _mm256_set1_epi8(0x0F)))),
                       table32(kSecondHigh, high_nibbles32(block)));
  const __m256i third = _mm256_subs_epu8(back2, _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(back3, _mm256_set1_epi8(0xF0 - 0x80));
  const __m256i must_continue =
      _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  state.error = _mm256_or_si256(state.error, _mm256_xor_si256(must_continue, pairs));
  state.unfinished = _mm256_subs_epu8(block, _mm256_load_si256(reinterpret_cast<const __m256i*>(kWholeMax)));
  state.previous = block;
}

// Two blocks at a time: one test for ASCII serves 64 bytes.
TUTTI_TARGET("avx2") inline void check64(State32& state, __m256i low, __m256i high) {
  if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0) {
    state.error = _mm256_or_si256(state.error, state.unfinished);
    state.unfinished = _mm256_setzero_si256();
    state.previous = high;
    return;
  }
  check32(state, low);
  check32(state, high);
}

}  // namespace

TUTTI_TARGET("ssse3") bool is_utf8_ssse3(const char* bytes, std::size_t size) noexcept {
  State16 state{_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
  for (; size >= 16; bytes += 16, size -= 16) {
    check16(state, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
  }
  // The rest is filled up with zeros, which are ASCII: a character that ends too early shows.
  alignas(16) char rest[16] = {};
  std::memcpy(rest, bytes, size);
  check16(state, _mm_load_si128(reinterpret_cast<const __m128i*>(rest)));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(state.error, _mm_setzero_si128())) == 0xFFFF;
}

TUTTI_TARGET("avx2") bool is_utf8_avx2(const char* bytes, std::size_t size) noexcept {
  State32 state{_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
  for (; size >= 64; bytes += 64, size -= 64) {
    check64(state, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes)),
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32)));
  }
  alignas(32) char rest[64] = {};
  std::memcpy(rest, bytes, size);
  check64(state, _mm256_load_si256(reinterpret_cast<const __m256i*>(rest)),
          _mm256_load_si256(reinterpret_cast<const __m256i*>(rest + 32)));
  return _mm256_testz_si256(state.error, state.error) != 0;
}

std::size_t utf16_length_sse2(const char* bytes, std::size_t size) noexcept {
  __m128i units = _mm_setzero_si128();
  const __m128i continuation_max = _mm_set1_epi8(static_cast<char>(0xBF));
  const __m128i pair_lead_before = _mm_set1_epi8(static_cast<char>(0xEF));
  while (size >= 16) {
    __m128i counts = _mm_setzero_si128();  // of bytes: at most 127 rounds of 2
    for (int round = 0; round < 127 && size >= 16; ++round, bytes += 16, size -= 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
      counts = _mm_sub_epi8(counts, _mm_cmpgt_epi8(block, continuation_max));
      const __m128i below = _mm_cmpeq_epi8(_mm_max_epu8(block, pair_lead_before), pair_lead_before);
      counts = _mm_add_epi8(counts, _mm_andnot_si128(below, _mm_set1_epi8(1)));
    }
    units = _mm_add_epi64(units, _mm_sad_epu8(counts, _mm_setzero_si128()));
  }
  std::uint64_t sums[2];
  std::memcpy(sums, &units, sizeof sums);
  return sums[0] + sums[1] + utf16_length_scalar(bytes, size);
}

TUTTI_TARGET("avx2") std::size_t utf16_length_avx2(const char* bytes, std::size_t size) noexcept {
  __m256i units = _mm256_setzero_si256();
  const __m256i continuation_max = _mm256_set1_epi8(static_cast<char>(0xBF));
  const __m256i pair_lead_before = _mm256_set1_epi8(static_cast<char>(0xEF));
  while (size >= 32) {
    __m256i counts = _mm256_setzero_si256();
    for (int round = 0; round < 127 && size >= 32; ++round, bytes += 32, size -= 32) {
      const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
      counts = _mm256_sub_epi8(counts, _mm256_cmpgt_epi8(block, continuation_max));
      const __m256i below = _mm256_cmpeq_epi8(_mm256_max_epu8(block, pair_lead_before), pair_lead_before);
      counts = _mm256_add_epi8(counts, _mm256_andnot_si256(below, _mm256_set1_epi8(1)));
    }
    units = _mm256_add_epi64(units, _mm256_sad_epu8(counts, _mm256_setzero_si256()));
  }
  std::uint64_t sums[4];
  std::memcpy(sums, &units, sizeof sums);
  return sums[0] + sums[1] + sums[2] + sums[3] + utf16_length_scalar(bytes, size);
}

bool has_ssse3_kernel() noexcept { return kHasSsse3; }
bool has_avx2_kernel() noexcept { return kHasAvx2; }

bool is_utf8_kernel(const char* bytes, std::size_t size) noexcept {
  if (kHasAvx2) return is_utf8_avx2(bytes, size);
  if (kHasSsse3) return is_utf8_ssse3(bytes, size);
  return is_utf8_scalar(bytes, size);
}

std::size_t utf16_length_kernel(const char* bytes, std::size_t size) noexcept {
  return kHasAvx2 && size >= 64 ? utf16_length_avx2(bytes, size) : utf16_length_sse2(bytes, size);
}
#else
bool has_ssse3_kernel() noexcept { return false; }
bool has_avx2_kernel() noexcept { return false; }
bool is_utf8_ssse3(const char* bytes, std::size_t size) noexcept { return is_utf8_scalar(bytes, size); }
bool is_utf8_avx2(const char* bytes, std::size_t size) noexcept { return is_utf8_scalar(bytes, size); }
std::size_t utf16_length_sse2(const char* bytes, std::size_t size) noexcept { return utf16_length_scalar(bytes, size); }
std::size_t utf16_length_avx2(const char* bytes, std::size_t size) noexcept { return utf16_length_scalar(bytes, size); }
bool is_utf8_kernel(const char* bytes, std::size_t size) noexcept { return is_utf8_scalar(bytes, size); }
std::size_t utf16_length_kernel(const char* bytes, std::size_t size) noexcept {
  return utf16_length_scalar(bytes, size);
}
#endif

}  // namespace tutti::codec
