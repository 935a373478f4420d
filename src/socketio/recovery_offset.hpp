// socketio/recovery_offset.hpp: where in its stream of events a client is: what it names when it comes back.
//
//   offset     = "~" epoch sequence [ "." direct ]
//   epoch      = 4 characters, drawn when the log was made: tells another program's offsets
//   sequence   = number in base 64; of the newest broadcast that was delivered
//   direct     = number in base 64; of an event to this client alone, sent after that broadcast
// Digits are those of base64url in their order of value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tutti::socketio {

struct RecoveryOffset {
  static constexpr std::size_t kEpochSize = 4;
  std::string_view epoch;
  std::uint64_t sequence = 0;
  std::uint64_t direct = 0;  // 0: a broadcast
};

void append_offset(std::string& out, const RecoveryOffset& offset);
// nullopt: no server of this program ever made it.
std::optional<RecoveryOffset> parse_offset(std::string_view text);

}  // namespace tutti::socketio
