// codec/json_string.hpp: strings of JSON text: where they end, what must be escaped. The innermost loops.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "codec/cpu.hpp"

namespace tutti::codec {

// The same for a long rest of a string.
const char* find_string_end_far(const char* at, const char* end) noexcept;

// The first '"', '\\' or control character (below U+0020) in [at, end), or end.
inline const char* find_string_end(const char* at, const char* end) noexcept {
#if TUTTI_X86
  // Most strings are short.
  if (end - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i stop = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
        _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(stop))) return at + __builtin_ctz(mask);
    at += 16;
  }
#endif
  return find_string_end_far(at, end);
}

// Appends `text` as a JSON string with its quotes, as JSON.stringify: lone surrogates (WTF-8) become escapes, U+2028
// and U+2029 stay as they are; bytes that are not UTF-8 become U+FFFD.
struct JsonStringSurroundings {
  bool comma = false;  // in front
  bool colon = false;  // behind
};
void append_json_string(std::string& out, std::string_view text, JsonStringSurroundings surroundings = {});
// What append_json_string appends alone, in bytes.
std::size_t json_string_size(std::string_view text) noexcept;

}  // namespace tutti::codec
