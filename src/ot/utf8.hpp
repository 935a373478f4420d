// ot/utf8.hpp: counting and cutting UTF-8 in bytes, code points, UTF-16 units and newlines.
//
// Everything but `check_utf8` takes valid UTF-8. A code point above U+FFFF is two UTF-16 units, four bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tutti::ot {

enum class Utf8Fault : std::uint8_t { none, invalid, lone_surrogate };
// What is wrong first, if anything: a surrogate encoded in three bytes (ED A0..BF xx) has its own name.
Utf8Fault check_utf8(std::string_view text) noexcept;

struct TextCounts {
  std::size_t utf16 = 0;
  std::size_t code_points = 0;
  std::size_t newlines = 0;
};
TextCounts count_text(std::string_view utf8) noexcept;
std::size_t count_utf16(std::string_view utf8) noexcept;

// The byte offset of the n-th unit, at most the end. `inside_pair`: the n-th unit is the second of a pair; the offset
// is then that of the pair.
struct Utf16Offset {
  std::size_t bytes;
  bool inside_pair;
};
Utf16Offset offset_of_utf16(std::string_view utf8, std::size_t units) noexcept;
std::size_t offset_of_code_point(std::string_view utf8, std::size_t code_points) noexcept;
// The same, the distance given from the end.
Utf16Offset offset_of_utf16_from_end(std::string_view utf8, std::size_t units) noexcept;
std::size_t offset_of_code_point_from_end(std::string_view utf8, std::size_t code_points) noexcept;
// The offset behind the n-th newline (n from 1); the text holds that many.
std::size_t offset_behind_newline(std::string_view utf8, std::size_t n) noexcept;

inline bool is_continuation(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
inline constexpr std::string_view kObject = "\xEF\xBF\xBC";       // U+FFFC: an embed's place in a text

}  // namespace tutti::ot
