// codec/url.hpp: request targets and query strings (RFC 3986; application/x-www-form-urlencoded as Node's querystring).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::codec {

std::string percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);  // as encodeURIComponent

// "/socket.io/?EIO=4&x=1" -> path "/socket.io/", query "EIO=4&x=1". Borrowed. Of an absolute URL the
// authority is dropped.
std::pair<std::string_view, std::string_view> split_target(std::string_view target) noexcept;

// The decoded value of one parameter (the first of that name).
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);
// All of them in order, decoded.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

}  // namespace tutti::codec
