// The events of the default namespace: read here, on the connection's worker, then sent to the owner.
#include <algorithm>
#include <array>

#include "documents/address.hpp"
#include "documents/worker.hpp"

namespace tutti::documents {
namespace {

constexpr std::string_view kNamespace = "/";
constexpr std::string_view kDocumentRoom = "document:";

// Names that the server sends, and Socket.IO's own: room:emit may not take them.
constexpr std::array<std::string_view, 13> kReservedEvents{
    "update",  "acknowledged",  "presence",   "user-joined",   "user-left",   "user-count",    "document:closed",
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

bool is_reserved(std::string_view event) {
  return std::find(kReservedEvents.begin(), kReservedEvents.end(), event) != kReservedEvents.end();
}

}  // namespace

void Worker::install(socketio::NativeNamespace& nsp, socketio::Adapter& adapter) {
  adapter_ = &adapter;
  on(nsp, "hello", &Worker::hello);
  on(nsp, "document:open", &Worker::open);
  on(nsp, "document:operation", &Worker::operation_event);
  on(nsp, "document:close", &Worker::close);
  on(nsp, "document:presence", &Worker::presence_event);
  on(nsp, "document:history", &Worker::history);
  on(nsp, "document:snapshot", &Worker::snapshot);
  on(nsp, "room:join", &Worker::room_join);
  on(nsp, "room:leave", &Worker::room_leave);
  on(nsp, "room:emit", &Worker::room_emit);
  nsp.on_drain([this](socketio::Peer& socket) {
    if (const auto& slot = socket.slot(socketio::Slot::documents))
      set_slow(static_cast<ConnectionState&>(*slot), false);
  });
  nsp.on_disconnect([this](socketio::Peer& socket, socketio::DisconnectReason) { disconnected(socket); });
}

void Worker::on(socketio::NativeNamespace& nsp, std::string name, Handler handler) {
  nsp.on_event(std::move(name), [this, handler](socketio::Peer& socket, socketio::IncomingEvent& event) {
    ConnectionState& from = connections_.of(socket);
    const auto arguments = event.arguments();
    const codec::Value payload = arguments.empty() ? codec::Value() : arguments.front();
    (this->*handler)(from, payload, {from.peer->connection, event.ack_id().value_or(ReplyTo::kNone)});
  });
}

void Worker::refuse(const ReplyTo& to, const Error& error) {
  stats_.refusals[static_cast<std::size_t>(error.code)].add();
  sink_.refuse(to, error);
}

void Worker::answer(const ReplyTo& to, socketio::WriteArguments write) {
  ConnectionState* connection = connections_.find(to.connection);
  if (connection == nullptr || !to.wanted()) return;
  socketio::Peer& socket = *connection->socket;
  socket.send(socketio::encode_ack(socket.form(), kNamespace, to.ack, 1, std::move(write)));
}

bool Worker::has_place(ConnectionState& from, const ReplyTo& to) {
  if (from.documents.size() + from.rooms.size() < options_.limits.rooms_per_connection) return true;
  refuse(to, {ErrorCode::too_large, "this connection has too many documents and rooms open"});
  return false;
}

void Worker::hello(ConnectionState&, const codec::Value& payload, ReplyTo to) {
  const auto request = parse_hello(payload);
  if (!request.has_value()) return refuse(to, request.error());
  if (request->protocol != 1) return refuse(to, {ErrorCode::unsupported_protocol, "this server speaks version 1"});
  answer(to, [this](ValueWriter& writer) {
    write_hello(writer, {options_.server, options_.server_id}, options_.limits);
  });
}

void Worker::open(ConnectionState& from, const codec::Value& payload, ReplyTo to) {
  auto request = parse_open(payload, options_.limits);
  if (!request.has_value()) return refuse(to, request.error());
  if (!from.documents.contains(request->document) && !has_place(from, to)) return;
  from.documents.insert(request->document);
  const std::uint32_t owner = owner_of(request->document);
  exchange_.run_on(owner, [peer = from.peer, to, slow = from.slow,
                           request = std::make_unique<OpenRequest>(std::move(*request))](Worker& worker) {
    Session& session = worker.session(request->document);
    session.open(peer, to, std::move(*request), slow);
  });
}

void Worker::operation_event(ConnectionState&, const codec::Value& payload, ReplyTo to) {
  auto request = parse_operation(payload, options_.limits);
  if (!request.has_value()) return refuse(to, request.error());
  const std::uint32_t owner = owner_of(request->document);
  exchange_.run_on(owner, [to, request = std::make_unique<OperationRequest>(std::move(*request))](Worker& worker) {
    if (Session* session = worker.find_session(request->document)) return session->operation(to, std::move(*request));
    worker.refuse(to, {ErrorCode::not_open, "this connection has not opened the document"});
  });
}

void Worker::close(ConnectionState&, const codec::Value& payload, ReplyTo to) {
  auto document = parse_close(payload);
  if (!document.has_value()) return refuse(to, document.error());
  const std::uint32_t owner = owner_of(*document);
  exchange_.run_on(owner, [to, document = std::move(*document)](Worker& worker) {
    if (Session* session = worker.find_session(document)) return session->close(to);
    worker.sink_.left(to, std::make_shared<const std::string>(document));
  });
}

void Worker::presence_event(ConnectionState& from, const codec::Value& payload, ReplyTo) {
  auto request = parse_presence(payload, options_.limits);
  if (!request.has_value()) return stats_.presence_dropped.add();
  const std::uint32_t owner = owner_of(request->document);
  exchange_.run_on(owner, [connection = from.peer->connection,
                           request = std::make_unique<PresenceRequest>(std::move(*request))](Worker& worker) {
    if (Session* session = worker.find_session(request->document)) {
      session->move_presence(connection, std::move(*request));
    }
  });
}

void Worker::history(ConnectionState& from, const codec::Value& payload, ReplyTo to) {
  auto request = parse_history(payload, options_.limits);
  if (!request.has_value()) return refuse(to, request.error());
  const std::uint32_t owner = owner_of(request->document);
  exchange_.run_on(owner, [peer = from.peer, to, request = std::make_unique<HistoryRequest>(std::move(*request))](
                              Worker& worker) { worker.session(request->document).history(peer, to, *request); });
}

void Worker::snapshot(ConnectionState& from, const codec::Value& payload, ReplyTo to) {
  auto request = parse_snapshot(payload);
  if (!request.has_value()) return refuse(to, request.error());
  const std::uint32_t owner = owner_of(request->document);
  exchange_.run_on(owner, [peer = from.peer, to, request = std::make_unique<SnapshotRequest>(std::move(*request))](
                              Worker& worker) { worker.session(request->document).snapshot(peer, to, *request); });
}

// ---- rooms

void Worker::room_join(ConnectionState& from, const codec::Value& payload, ReplyTo to) {
  auto request = parse_room(payload, options_.limits);
  if (!request.has_value()) return refuse(to, request.error());
  if (request->room.starts_with(kDocumentRoom)) {
    return refuse(to, {ErrorCode::forbidden, "rooms of documents are entered by document:open"});
  }
  if (!access_.room(*from.peer, request->room)) return refuse(to, {ErrorCode::forbidden, "no access to this room"});
  if (!from.rooms.contains(request->room) && !has_place(from, to)) return;
  from.rooms.insert(request->room);
  from.socket->join(request->room);
  const std::uint32_t owner = owner_of(request->room);
  exchange_.run_on(
      owner, [peer = from.peer, to, request = std::make_unique<RoomRequest>(std::move(*request))](Worker& worker) {
        worker.rooms_.join(peer, to, request->room, std::move(request->profile));
        worker.stats_.rooms.set(static_cast<std::int64_t>(worker.rooms_.size()));
      });
}

void Worker::room_leave(ConnectionState& from, const codec::Value& payload, ReplyTo to) {
  auto request = parse_room(payload, options_.limits);
  if (!request.has_value()) return refuse(to, request.error());
  if (request->room.starts_with(kDocumentRoom)) {
    return refuse(to, {ErrorCode::forbidden, "rooms of documents are left by document:close"});
  }
  from.rooms.erase(request->room);
  from.socket->leave(request->room);
  const std::uint32_t owner = owner_of(request->room);
  exchange_.run_on(owner, [to, room = std::move(request->room)](Worker& worker) {
    worker.rooms_.leave(to, room);
    worker.stats_.rooms.set(static_cast<std::int64_t>(worker.rooms_.size()));
  });
}

void Worker::room_emit(ConnectionState& from, const codec::Value& payload, ReplyTo to) {
  const auto request = parse_room_emit(payload);
  if (!request.has_value()) return refuse(to, request.error());
  if (is_reserved(request->event)) return refuse(to, {ErrorCode::invalid_request, "event is a reserved name"});
  const bool member = request->room.starts_with(kDocumentRoom)
                          ? from.entered.contains(request->room.substr(kDocumentRoom.size()))
                          : from.rooms.contains(request->room);
  if (!member) return refuse(to, {ErrorCode::forbidden, "this connection is not in the room"});
  socketio::WriteArguments write = [&](ValueWriter& writer) {
    writer.value(request->payload);
    writer.begin_object(3);
    writer.field("room", request->room);
    writer.field("userId", from.peer->user_id);
    writer.field("socketId", from.peer->socket_id);
    writer.end_object();
  };
  socketio::BroadcastFlags flags;
  flags.volatile_ = request->volatile_;
  adapter_->broadcast({kNamespace, request->event, 2, write}, {{request->room}, {from.peer->socket_id}}, flags);
  answer(to, write_ok);
}

}  // namespace tutti::documents
