// ot/binary.hpp: the stored form of a change: varints, for the log. Pure; decoding checks everything that ChangeBuilder
// checks.
//
//   change     = count component*
//   component  = tag [attributes] payload          tag = length << 3 | has_attributes << 2 | kind
//   kind       = 0 retain | 1 insert | 2 embed | 3 delete
//   payload    = insert: byte count, UTF-8 bytes (length in the tag is 0); embed: value (length 0); else nothing
//   attributes = count (key value)*                 key = byte count, UTF-8 bytes
//   value      = 0 null | 1 false | 2 true | 3 double (8 bytes, little endian) | 4 integer (zigzag varint)
//              | 5 string | 6 array: count value* | 7 object: count (key value)*
// Integers are LEB128 varints, shortest form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ot/change.hpp"
#include "ot/change_builder.hpp"

namespace tutti::ot {

// Appends the change to `out`.
void encode_binary(const Change& change, std::string& out);

enum class BinaryError : std::uint8_t {
  truncated,      // ends inside the change
  malformed,      // an unknown tag, a varint that is too long, a form that encode_binary never writes
  invalid_change  // well-formed, but ChangeBuilder refuses it
};
// Reads one change from the front of `in` and removes its bytes from it. On an error `in` is unchanged.
Result<Change, BinaryError> decode_binary(std::string_view& in, const ChangeLimits& limits = {});

}  // namespace tutti::ot
