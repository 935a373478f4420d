// adapter/memory/memory_adapter.hpp: the adapter of a program that is alone: its workers, and nobody else. The Redis
// adapter does its local part with it.
//
// A broadcast is encoded here, once for each form in use; then one task a worker, which writes the shared bytes to its
// members. The calling worker's own members are served before the call returns.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/server.hpp"

namespace tutti::adapter {

class MemoryAdapter final : public socketio::Adapter {
 public:
  explicit MemoryAdapter(socketio::Server& server) : server_(server) {}

  void broadcast(const socketio::OutgoingEvent& event, const socketio::Selection& selection,
                 const socketio::BroadcastFlags& flags) override;
  void broadcast_with_ack(const socketio::OutgoingEvent& event, const socketio::Selection& selection,
                          const socketio::BroadcastFlags& flags, socketio::OnResponses on_responses) override;
  void sockets_join(std::string_view nsp, const socketio::Selection& selection, std::vector<std::string> rooms,
                    const socketio::BroadcastFlags& flags) override;
  void sockets_leave(std::string_view nsp, const socketio::Selection& selection, std::vector<std::string> rooms,
                     const socketio::BroadcastFlags& flags) override;
  void disconnect_sockets(std::string_view nsp, const socketio::Selection& selection, bool close,
                          const socketio::BroadcastFlags& flags) override;
  void fetch_sockets(std::string_view nsp, const socketio::Selection& selection, const socketio::BroadcastFlags& flags,
                     socketio::OnSockets on_sockets) override;
  void all_rooms(std::string_view nsp, socketio::OnRooms on_rooms) override;
  void server_side_emit(std::string_view nsp, std::string_view name, std::vector<socketio::Packed> arguments,
                        socketio::OnResponses on_responses) override;
  void close(Task done) override;

  // A broadcast with acknowledgement in its parts: the number of clients asked, once; each one's first argument.
  // Both on the calling worker (or worker 0). Returns the id, for forget_ack().
  std::uint64_t ask(const socketio::OutgoingEvent& event, const socketio::Selection& selection,
                    const socketio::BroadcastFlags& flags, UniqueFunction<void(std::size_t)> on_count,
                    UniqueFunction<void(socketio::Packed)> on_answer);
  void forget_ack(std::string_view nsp, std::uint64_t id);

 private:
  template <class Step>
  void on_every_namespace(std::string_view nsp, Step step);
  socketio::Hub& home();

  socketio::Server& server_;
};

}  // namespace tutti::adapter
