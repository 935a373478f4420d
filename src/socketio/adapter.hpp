// socketio/adapter.hpp: where everything goes that concerns more than one socket: adapter/memory for the workers of
// one program, adapter/redis for several programs.
//
// Every function may be called from any thread. Callbacks run on the calling worker, or on worker 0 if the caller is
// none. Nothing blocks; what has left the program is not waited for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.hpp"
#include "base/result.hpp"
#include "socketio/encode.hpp"
#include "socketio/selection.hpp"

namespace tutti::socketio {

// One value as MessagePack: how values cross workers and servers.
using Packed = std::string;

// An event on its way out. Borrowed: encode before the call returns.
struct OutgoingEvent {
  std::string_view nsp;
  std::string_view name;
  std::size_t count;      // arguments that `write` writes
  WriteArguments& write;  // may be called several times
};

struct SocketDescription {
  std::string id;
  std::vector<std::string> rooms;
  Packed handshake;
  Packed data;
};

// The first argument of each acknowledgement (nil where there was none), and whether some are missing.
struct AckResponses {
  std::vector<Packed> responses;
  std::string error;  // "" or "operation has timed out", ...
};

using OnResponses = UniqueFunction<void(AckResponses)>;
using OnSockets = UniqueFunction<void(Result<std::vector<SocketDescription>, std::string>)>;
using OnRooms = UniqueFunction<void(Result<std::vector<std::string>, std::string>)>;

class Adapter {
 public:
  virtual ~Adapter() = default;

  // A namespace has come into being on this server.
  virtual void open(std::string_view /*nsp*/) {}
  virtual void broadcast(const OutgoingEvent& event, const Selection& selection, const BroadcastFlags& flags) = 0;
  // Ends when everybody has answered, or after flags.timeout (which must be set).
  virtual void broadcast_with_ack(const OutgoingEvent& event, const Selection& selection, const BroadcastFlags& flags,
                                  OnResponses on_responses) = 0;
  virtual void sockets_join(std::string_view nsp, const Selection& selection, std::vector<std::string> rooms,
                            const BroadcastFlags& flags) = 0;
  virtual void sockets_leave(std::string_view nsp, const Selection& selection, std::vector<std::string> rooms,
                             const BroadcastFlags& flags) = 0;
  virtual void disconnect_sockets(std::string_view nsp, const Selection& selection, bool close,
                                  const BroadcastFlags& flags) = 0;
  virtual void fetch_sockets(std::string_view nsp, const Selection& selection, const BroadcastFlags& flags,
                             OnSockets on_sockets) = 0;
  // Rooms of all servers, those of the sockets' ids included.
  virtual void all_rooms(std::string_view nsp, OnRooms on_rooms) = 0;
  // Runs the listeners of that name on the namespace's other servers. on_responses (optional) gets the first argument
  // of each server's acknowledgement.
  virtual void server_side_emit(std::string_view nsp, std::string_view name, std::vector<Packed> arguments,
                                OnResponses on_responses) = 0;
  // Stops talking to other servers, then calls `done`.
  virtual void close(Task done) = 0;
};

}  // namespace tutti::socketio
