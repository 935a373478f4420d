// socketio/ack_id.hpp: acknowledgement ids that clients choose: JavaScript numbers that are whole.
//
// An AckId up to 2^53 is the number itself. Any other one (only a hand-made client sends it) is held as the bits of
// its double, which are above 2^53 for each of them; so 99999999999999999999 is answered as JavaScript would.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.hpp"
#include "codec/writer.hpp"
#include "socketio/native.hpp"

namespace tutti::socketio {

// As Number() reads digits and blanks: nothing but blanks is 0. nullopt: not one number.
std::optional<AckId> parse_ack_id(std::string_view text);
// A MessagePack value that is a whole number.
std::optional<AckId> ack_id_from(const codec::Value& value);
void append_ack_id(std::string& out, AckId id);
void write_ack_id(codec::ValueWriter& writer, AckId id);

}  // namespace tutti::socketio
