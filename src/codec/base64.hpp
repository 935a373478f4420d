// codec/base64.hpp: RFC 4648 base64 with padding, as Engine.IO polling carries binary.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tutti::codec {

void append_base64(std::string& out, std::string_view bytes);
// Also takes text without padding, as Node's decoder; nullopt for a character outside the alphabet.
std::optional<std::string> decode_base64(std::string_view text);
// The alphabet of RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes);

}  // namespace tutti::codec
