// codec/json_string.hpp: strings of JSON text: where they end, what must be escaped. The innermost loops.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tutti::codec {

// The first '"', '\\' or control character (below U+0020) in [at, end), or end.
const char* find_string_end(const char* at, const char* end) noexcept;

// Appends `text` as a JSON string with its quotes, as JSON.stringify: lone surrogates (WTF-8) become escapes, U+2028
// and U+2029 stay as they are; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
// What append_json_string appends, in bytes.
std::size_t json_string_size(std::string_view text) noexcept;

}  // namespace tutti::codec
