#include "codec/json_string.hpp"

#include <cstdint>
#include <cstring>

#include "codec/cpu.hpp"
#include "codec/utf8.hpp"
#include "codec/utf8_sequence.hpp"

namespace tutti::codec {
namespace {

template <bool kStopAtNonAscii>
constexpr bool stops(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || c == '"' || c == '\\' || (kStopAtNonAscii && byte >= 0x80);
}

#if TUTTI_X86
// One bit for each byte at which to stop.
template <bool kStopAtNonAscii>
unsigned stops_in(__m128i block) noexcept {
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  // Compared as signed numbers, bytes above 0x7F are below a space too.
  const __m128i control = kStopAtNonAscii ? _mm_cmpgt_epi8(_mm_set1_epi8(0x20), block)
                                          : _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control)));
}

template <bool kStopAtNonAscii>
unsigned stops16(const char* at) noexcept {
  return stops_in<kStopAtNonAscii>(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

template <bool kStopAtNonAscii>
unsigned stops8(const char* at) noexcept {
  return stops_in<kStopAtNonAscii>(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(at))) & 0xFF;
}

template <bool kStopAtNonAscii>
TUTTI_TARGET("avx2")
const char* find_stop_avx2(const char* at, const char* end) noexcept {
  for (; end - at >= 32; at += 32) {
    const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i quote = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('"'));
    const __m256i backslash = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('\\'));
    const __m256i control = kStopAtNonAscii ? _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), block)
                                            : _mm256_cmpeq_epi8(_mm256_min_epu8(block, _mm256_set1_epi8(0x1F)), block);
    const auto mask =
        static_cast<unsigned>(_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, backslash), control)));
    if (mask != 0) return at + __builtin_ctz(mask);
  }
  return at;
}
#endif

template <bool kStopAtNonAscii>
inline const char* find_stop(const char* at, const char* end) noexcept {
#if TUTTI_X86
  if (end - at >= 128 && kHasAvx2 && stops16<kStopAtNonAscii>(at) == 0) {
    at = find_stop_avx2<kStopAtNonAscii>(at, end);
  }
  for (; end - at >= 16; at += 16) {
    if (const unsigned mask = stops16<kStopAtNonAscii>(at)) return at + __builtin_ctz(mask);
  }
  if (end - at >= 8) {
    if (const unsigned mask = stops8<kStopAtNonAscii>(at)) return at + __builtin_ctz(mask);
    at += 8;
  }
#endif
  while (at < end && !stops<kStopAtNonAscii>(*at)) ++at;
  return at;
}

// Where the parts of an escaped string go: into a text, or only counted.
struct Append {
  std::string& out;
  void operator()(const char* bytes, std::size_t size) { out.append(bytes, size); }
};
struct Count {
  std::size_t size = 0;
  void operator()(const char*, std::size_t added) noexcept { size += added; }
};

constexpr char kHex[] = "0123456789abcdef";

template <class Sink>
void escape_unit(Sink& sink, unsigned unit) {
  const char escape[6] = {'\\', 'u', kHex[unit >> 12], kHex[unit >> 8 & 15], kHex[unit >> 4 & 15], kHex[unit & 15]};
  sink(escape, sizeof escape);
}

template <class Sink>
void escape_ascii(Sink& sink, char c) {
  switch (c) {
    case '"':
      return sink("\\\"", 2);
    case '\\':
      return sink("\\\\", 2);
    case '\b':
      return sink("\\b", 2);
    case '\f':
      return sink("\\f", 2);
    case '\n':
      return sink("\\n", 2);
    case '\r':
      return sink("\\r", 2);
    case '\t':
      return sink("\\t", 2);
    default:
      return escape_unit(sink, static_cast<unsigned char>(c));
  }
}

// Text that is all ASCII or well-formed: only quotes, backslashes and controls are escaped.
template <class Sink>
void escape_well_formed(Sink& sink, const char* at, const char* end) {
  while (at < end) {
    const char* const stop = find_stop<false>(at, end);
    sink(at, static_cast<std::size_t>(stop - at));
    if (stop == end) return;
    escape_ascii(sink, *stop);
    at = stop + 1;
  }
}

template <class Sink>
void escape_anything(Sink& sink, const char* at, const char* end) {
  while (at < end) {
    const char* const stop = find_stop<true>(at, end);
    sink(at, static_cast<std::size_t>(stop - at));
    if (stop == end) return;
    at = stop;
    const auto left = static_cast<std::size_t>(end - at);
    if (static_cast<unsigned char>(*at) < 0x80) {
      escape_ascii(sink, *at++);
    } else if (is_surrogate(at, left)) {
      escape_unit(sink, 0xD000u | (static_cast<unsigned char>(at[1]) & 0x3Fu) << 6 |
                            (static_cast<unsigned char>(at[2]) & 0x3Fu));
      at += 3;
    } else {
      const Utf8Prefix prefix = utf8_prefix(at, left);
      prefix.whole ? sink(at, prefix.size) : sink("\xEF\xBF\xBD", 3);
      at += prefix.size;
    }
  }
}

// `plain_end` is where the first byte stands that needs a look.
template <class Sink>
void escape(Sink& sink, std::string_view text, const char* plain_end) {
  const char* const end = text.data() + text.size();
  sink("\"", 1);
  sink(text.data(), static_cast<std::size_t>(plain_end - text.data()));
  if (is_utf8({plain_end, static_cast<std::size_t>(end - plain_end)})) {
    escape_well_formed(sink, plain_end, end);
  } else {
    escape_anything(sink, plain_end, end);
  }
  sink("\"", 1);
}

std::uint64_t load(const char* from, std::size_t size) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

// Whether one of eight bytes is a control character, a quote, a backslash or not ASCII.
bool has_special(std::uint64_t word) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t quote = word ^ kOnes * '"', backslash = word ^ kOnes * '\\';
  return ((word | (word - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes)) & kOnes * 0x80) != 0;
}

const char* find_special(std::string_view text) noexcept {
  return find_stop<true>(text.data(), text.data() + text.size());
}

// Whether it may stand between quotes as it is.
bool is_plain(std::string_view text) noexcept {
  const std::size_t size = text.size();
  const char* const at = text.data();
  if (size > 16) return find_special(text) == at + size;
  // By two words, which overlap.
  if (size >= 8) return !has_special(load(at, 8)) && !has_special(load(at + size - 8, 8));
  if (size >= 4) return !has_special(load(at, 4) | load(at + size - 4, 4) << 32);
  return find_special(text) == at + size;
}

}  // namespace

const char* find_string_end_far(const char* at, const char* end) noexcept { return find_stop<false>(at, end); }

void append_json_string(std::string& out, std::string_view text, JsonStringSurroundings surroundings) {
  if (surroundings.comma) out += ',';
  if (is_plain(text)) {
    out += '"';
    out.append(text);
    out += '"';
  } else {
    Append sink{out};
    escape(sink, text, find_special(text));
  }
  if (surroundings.colon) out += ':';
}

std::size_t json_string_size(std::string_view text) noexcept {
  const char* const special = find_special(text);
  if (special == text.data() + text.size()) return text.size() + 2;
  Count sink;
  escape(sink, text, special);
  return sink.size;
}

}  // namespace tutti::codec
