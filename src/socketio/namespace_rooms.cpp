// Rooms of a namespace on one worker, and what walks over them.
#include <algorithm>

#include "codec/msgpack.hpp"
#include "socketio/hub.hpp"
#include "socketio/namespace.hpp"
#include "socketio/server.hpp"

namespace tutti::socketio {
namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;

// The place of the room in the socket's list. Each side knows its place in the other's: the shorter list is looked at.
std::uint32_t find_joined(const Socket& socket, const std::vector<Joined>& rooms, const Room& room) {
  if (rooms.size() <= room.members.size()) {
    for (std::uint32_t place = 0; place < rooms.size(); ++place) {
      if (rooms[place].room == &room) return place;
    }
    return kNowhere;
  }
  for (const Room::Member& member : room.members) {
    if (member.socket == &socket) return member.place;
  }
  return kNowhere;
}

}  // namespace

void Namespace::join(Socket& socket, std::string_view name) {
  if (name == socket.id()) {
    socket.in_own_room_ = true;
    return;
  }
  auto at = rooms_.find(name);
  const auto& observers = hub_.server().room_observers();
  if (at == rooms_.end()) {
    auto room = std::make_unique<Room>();
    room->name = name;
    at = rooms_.emplace(room->name, std::move(room)).first;
    if (!observers.empty() && record_->rooms.created(at->first)) {
      for (RoomObserver* const observer : observers) observer->on_room_created(record_->name, name);
    }
  } else if (find_joined(socket, socket.rooms_, *at->second) != kNowhere) {
    return;
  }
  Room& room = *at->second;
  socket.rooms_.push_back({&room, static_cast<std::uint32_t>(room.members.size())});
  room.members.push_back({&socket, static_cast<std::uint32_t>(socket.rooms_.size() - 1)});
  for (RoomObserver* const observer : observers) observer->on_room_joined(record_->name, name, socket.id());
}

void Namespace::leave(Socket& socket, std::string_view name) {
  if (name == socket.id()) {
    socket.in_own_room_ = false;
    return;
  }
  const auto at = rooms_.find(name);
  if (at == rooms_.end()) return;
  Room& room = *at->second;
  const std::uint32_t place = find_joined(socket, socket.rooms_, room);
  if (place == kNowhere) return;

  // Both lists are closed by their last element.
  const std::uint32_t place_in_room = socket.rooms_[place].place;
  room.members[place_in_room] = room.members.back();
  room.members[place_in_room].socket->rooms_[room.members[place_in_room].place].place = place_in_room;
  room.members.pop_back();
  socket.rooms_[place] = socket.rooms_.back();
  if (place + 1 < socket.rooms_.size()) {
    socket.rooms_[place].room->members[socket.rooms_[place].place].place = place;
  }
  socket.rooms_.pop_back();

  const auto& observers = hub_.server().room_observers();
  for (RoomObserver* const observer : observers) observer->on_room_left(record_->name, room.name, socket.id());
  if (!room.members.empty()) return;
  const auto node = rooms_.extract(at);
  if (!observers.empty() && record_->rooms.deleted(node.key())) {
    for (RoomObserver* const observer : observers) observer->on_room_deleted(record_->name, node.key());
  }
}

void Namespace::leave_all(Socket& socket) {
  while (!socket.rooms_.empty()) leave(socket, std::string(socket.rooms_.back().room->name));
  socket.rooms_ = {};
  socket.in_own_room_ = false;
}

const Room* Namespace::room(std::string_view room_name) const {
  const auto at = rooms_.find(room_name);
  return at == rooms_.end() ? nullptr : at->second.get();
}

std::vector<std::string> Namespace::rooms() const {
  std::vector<std::string> names;
  for (const auto& [room_name, room] : rooms_) names.push_back(room_name);
  return names;
}

// A number that no socket carries yet.
std::uint32_t Namespace::next_mark() {
  if (++mark_ == 0) {
    for (Socket* const socket : everybody_) socket->mark_ = 0;
    mark_ = 1;
  }
  return mark_;
}

template <class Visit>
void Namespace::for_each_in(std::string_view room_name, Visit visit) {
  Socket* const owner = find(room_name);
  if (owner && owner->in_own_room_) visit(*owner);
  const auto at = rooms_.find(room_name);
  if (at == rooms_.end()) return;
  for (const Room::Member& member : at->second->members) {
    if (member.socket->connected()) visit(*member.socket);
  }
}

std::uint32_t Namespace::mark_excluded(const Selection& selection) {
  const std::uint32_t mark = next_mark();
  for (const std::string& room : selection.except) {
    for_each_in(room, [mark](Socket& socket) { socket.mark_ = mark; });
  }
  return mark;
}

template <class Visit>
void Namespace::for_each(const Selection& selection, Visit visit) {
  if (selection.except.empty() && selection.rooms.size() == 1) return for_each_in(selection.rooms.front(), visit);
  if (selection.except.empty() && selection.rooms.empty()) {
    for (Socket* const socket : everybody_) visit(*socket);
    return;
  }
  const std::uint32_t mark = mark_excluded(selection);
  const auto once = [mark, &visit](Socket& socket) {
    if (socket.mark_ == mark) return;
    socket.mark_ = mark;
    visit(socket);
  };
  for (const std::string& room : selection.rooms) for_each_in(room, once);
  if (selection.rooms.empty()) {
    for (Socket* const socket : everybody_) once(*socket);
  }
}

void Namespace::deliver(const Selection& selection, const EncodedPacket& packet, engineio::SendOptions options) {
  hub_.stats().broadcasts.add();
  for_each(selection, [&](Socket& socket) { socket.send(packet.in(socket.form_), options); });
}

std::size_t Namespace::deliver_with_ack(const Selection& selection, const EncodedPacket& packet,
                                        engineio::SendOptions options, std::uint64_t id, const OnAck& on_ack) {
  hub_.stats().broadcasts.add();
  std::size_t count = 0;
  for_each(selection, [&](Socket& socket) {
    ++count;
    socket.acks().add(
        id,
        [on_ack](AckError error, std::span<const codec::Value> arguments) {
          if (error == AckError::none) (*on_ack)(arguments);
        },
        std::nullopt);
    socket.send(packet.in(socket.form_), options);
  });
  return count;
}

void Namespace::forget_ack(std::uint64_t id) {
  for (Socket* const socket : everybody_) {
    if (socket->acks_) socket->acks_->forget(id);
  }
}

std::vector<SocketRef> Namespace::select(const Selection& selection) {
  std::vector<SocketRef> sockets;
  for_each(selection, [&](Socket& socket) { sockets.emplace_back(&socket); });
  return sockets;
}

std::vector<SocketDescription> Namespace::describe(const Selection& selection) {
  std::vector<SocketDescription> descriptions;
  for_each(selection, [&](Socket& socket) {
    SocketDescription description{std::string(socket.id()), socket.rooms(), {}, {}};
    codec::MsgpackWriter handshake(description.handshake);
    write_handshake(handshake, socket);
    codec::MsgpackWriter data(description.data);
    if (socket.extension_) {
      socket.extension_->write_data(data);
    } else {
      data.begin_object(0);
    }
    descriptions.push_back(std::move(description));
  });
  return descriptions;
}

}  // namespace tutti::socketio
