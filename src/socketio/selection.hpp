// socketio/selection.hpp: which sockets of a namespace are meant, and how they are to be treated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/scheduler.hpp"

namespace tutti::socketio {

// The union of `rooms` (none: the whole namespace) without every socket that is in any of `except`; each socket once.
// A socket's own id is a room that it alone is in. Room names are opaque.
struct Selection {
  std::vector<std::string> rooms = {};
  std::vector<std::string> except = {};
};

struct BroadcastFlags {
  bool volatile_ = false;  // dropped for who cannot take it at once
  bool compress = true;
  bool local = false;                    // this server only
  std::optional<Duration> timeout = {};  // for acknowledgements
};

}  // namespace tutti::socketio
