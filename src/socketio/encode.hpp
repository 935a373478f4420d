// socketio/encode.hpp: Socket.IO v5 packets on their way out, encoded at most once for each wire form in use.
//
// Pure functions over codec::ValueWriter: the arguments are written by a callback, once for JSON and once for
// MessagePack, only where a recipient uses that form. Source: Socket.IO protocol v5; socket.io-msgpack-parser 3.0.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/function.hpp"
#include "codec/writer.hpp"
#include "engineio/outgoing.hpp"

namespace tutti::socketio {

using codec::Form;

// Which wire forms the recipients use.
struct Forms {
  bool json = false;
  bool msgpack = false;
  void add(Form form) noexcept { (form == Form::json ? json : msgpack) = true; }
};

// One packet in the forms that were asked for; the other pointer is null.
struct EncodedPacket {
  engineio::OutgoingPtr json;
  engineio::OutgoingPtr msgpack;
  const engineio::OutgoingPtr& in(Form form) const noexcept { return form == Form::json ? json : msgpack; }
};

// Writes exactly `count` values.
using WriteArguments = UniqueFunction<void(codec::ValueWriter&)>;

// EVENT (or BINARY_EVENT): [name, ...`count` arguments]; `id` asks for an acknowledgement.
EncodedPacket encode_event(Forms forms, std::string_view nsp, std::string_view name, std::size_t count,
                           WriteArguments write, std::optional<std::uint64_t> id = std::nullopt);
// ACK (or BINARY_ACK) with `count` arguments.
engineio::OutgoingPtr encode_ack(Form form, std::string_view nsp, std::uint64_t id, std::size_t count,
                                 WriteArguments write);

}  // namespace tutti::socketio
