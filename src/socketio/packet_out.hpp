// socketio/packet_out.hpp: the packets that this layer itself sends: CONNECT, CONNECT_ERROR, DISCONNECT. Events and
// acknowledgements: encode.hpp.
#pragma once

#include <string_view>

#include "socketio/encode.hpp"

namespace tutti::socketio {

// {"sid": …} and, with connection state recovery, "pid"; no data without a sid (Socket.IO 2 clients).
engineio::OutgoingPtr encode_connect(Form form, std::string_view nsp, std::string_view sid, std::string_view pid);
// {"message": …} and "data", one value as JSON text, if it is not "".
engineio::OutgoingPtr encode_connect_error(Form form, std::string_view nsp, std::string_view message,
                                           std::string_view data_json);
// The same for Socket.IO 2 clients: the data, or else the message, is the whole payload. JSON only.
engineio::OutgoingPtr encode_legacy_error(std::string_view nsp, std::string_view message, std::string_view data_json);
engineio::OutgoingPtr encode_disconnect(Form form, std::string_view nsp);

}  // namespace tutti::socketio
