// socketio/packet_out.hpp: the packets that this layer itself sends: CONNECT, CONNECT_ERROR, DISCONNECT. Events and
// acknowledgements: encode.hpp.
#pragma once

#include <string_view>

#include "socketio/encode.hpp"

namespace tutti::socketio {

// {"sid": …} and, with connection state recovery, "pid".
engineio::OutgoingPtr encode_connect(Form form, std::string_view nsp, std::string_view sid, std::string_view pid);
// {"message": …} and "data", one value as JSON text, if it is not "".
engineio::OutgoingPtr encode_connect_error(Form form, std::string_view nsp, std::string_view message,
                                           std::string_view data_json);
engineio::OutgoingPtr encode_disconnect(Form form, std::string_view nsp);

}  // namespace tutti::socketio
