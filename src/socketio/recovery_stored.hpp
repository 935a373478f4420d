// socketio/recovery_stored.hpp: what is kept of a client while it is away. Private to the recovery's two files.
#pragma once

#include "socketio/recovery.hpp"

namespace tutti::socketio {

struct Recovery::Stored {
  std::unique_ptr<RecoverySession> session;
  std::string id;
  SharedBytes user_id;
  std::unique_ptr<SlotState> auth;
  std::unique_ptr<Extension> extension;
  TimePoint expiry;
};

// Where the session of a pid is: with a socket, or stored.
struct Recovery::Place {
  SocketHandle live;
  std::unique_ptr<Stored> stored;
};

}  // namespace tutti::socketio
