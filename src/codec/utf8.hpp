// codec/utf8.hpp: UTF-8 (RFC 3629) and its lengths in UTF-16 code units, as browsers count.
#pragma once

#include <cstddef>
#include <string_view>

namespace tutti::codec {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. SIMD where the machine has it.
bool is_utf8(std::string_view bytes) noexcept;
// The same for a text that comes in pieces (WebSocket fragments): feed each piece, then ask finished().
class Utf8Validator {
 public:
  bool feed(std::string_view piece) noexcept;  // false: can never become well-formed
  bool finished() const noexcept;              // no character is incomplete
  void reset() noexcept { pending_ = 0; }

 private:
  unsigned char bytes_[4] = {};
  unsigned pending_ = 0;
};

// Whether the text holds a surrogate in its three-byte form (WTF-8, from a JSON escape).
bool has_lone_surrogate(std::string_view text) noexcept;

// Length of well-formed UTF-8 (or WTF-8) in UTF-16 code units.
std::size_t utf16_length(std::string_view text) noexcept;

// An id of DESIGN section 4: 1 to `size_max` bytes, well-formed Unicode, no U+0000-001F, no U+007F-009F.
bool is_id(std::string_view text, std::size_t size_max) noexcept;

}  // namespace tutti::codec
