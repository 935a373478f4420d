#include "socketio/connection.hpp"

#include <map>

#include "codec/json.hpp"
#include "codec/url.hpp"
#include "socketio/hub.hpp"
#include "socketio/incoming.hpp"
#include "socketio/namespace.hpp"
#include "socketio/packet_out.hpp"

namespace tutti::socketio {
namespace {

const std::vector<std::string> kNoAttachments;

// "token=1&x=y" as the object that a newer client would give as auth.
std::string query_as_json(std::string_view query) {
  if (query.empty()) return {};
  std::map<std::string, std::string> parameters;
  for (auto& [name, value] : codec::parse_query(query)) parameters.insert_or_assign(name, std::move(value));
  std::string text;
  codec::JsonWriter writer(text);
  writer.begin_object(parameters.size());
  for (const auto& [name, value] : parameters) writer.field(name, std::string_view(value));
  writer.end_object();
  return text;
}

}  // namespace

class Connection::ConnectTimer final : public Timer {
 public:
  ConnectTimer(Connection& connection, Scheduler& scheduler) : Timer(scheduler), connection_(connection) {
    arm(connection.hub_.options().connect_timeout);
  }
  ~ConnectTimer() override = default;

 private:
  void on_timer() override {
    connection_.hub_.stats().connect_timeouts.add();
    connection_.close(DisconnectReason::forced_close);
  }
  Connection& connection_;
};

Connection::Connection(Hub& hub, engineio::Session& session)
    : hub_(hub),
      session_(session),
      connect_timer_(std::make_unique<ConnectTimer>(*this, hub.shard().scheduler())),
      legacy_(session.protocol() == 3) {}

Connection::~Connection() = default;

void Connection::start() {
  if (!legacy_) return;
  form_known_ = true;
  handle_connect("/", {});
}

void Connection::on_text(std::string_view data) {
  if (closing_) return;
  if (assembly_ || (form_known_ && form_ != Form::json)) return fail(PacketError::unexpected_text);
  form_ = Form::json;
  receive(data, kNoAttachments);
}

void Connection::on_binary(std::string_view data) {
  if (closing_) return;
  if (assembly_) {
    if (!assembly_->add(data, hub_.options().packet_bytes_max)) return fail(PacketError::too_large);
    if (!assembly_->whole()) return;
    const auto whole = std::move(assembly_);
    return receive(whole->text(), whole->attachments());
  }
  if (form_known_ && form_ != Form::msgpack) return fail(PacketError::unexpected_binary);
  form_ = Form::msgpack;
  receive(data, kNoAttachments);
}

void Connection::receive(std::string_view message, const std::vector<std::string>& attachments) {
  const auto packet = hub_.reader().read(form_, message);
  if (!packet.has_value()) return fail(packet.error());
  form_known_ = true;
  if (packet->attachments > attachments.size()) {
    assembly_ = std::make_unique<Assembly>(message, packet->attachments);
    return;
  }
  handle(*packet, attachments);
}

void Connection::handle(const Packet& packet, const std::vector<std::string>& attachments) {
  if (packet.type == PacketType::connect) {
    if (!legacy_) return handle_connect(packet.nsp, SharedBytes::copy(packet.data));
    const auto [nsp, query] = codec::split_target(packet.nsp);
    return handle_connect(nsp, SharedBytes::copy(query_as_json(query)));
  }
  Socket* const socket = find(packet.nsp);
  if (!socket || !socket->connected() || packet.type == PacketType::connect_error) {
    if (!socket && left_before(packet.nsp)) return;
    hub_.stats().parse_errors.add();
    return close(DisconnectReason::forced_close);
  }
  switch (packet.type) {
    case PacketType::disconnect:
      return socket->name_space().remove(*socket, DisconnectReason::client_namespace_disconnect);
    case PacketType::ack:
    case PacketType::binary_ack:
      return handle_ack(*socket, packet, attachments);
    default:
      return handle_event(*socket, packet, attachments);
  }
}

void Connection::handle_connect(std::string_view nsp_name, const SharedBytes& auth) {
  if (find(nsp_name)) {
    hub_.stats().parse_errors.add();
    return close(DisconnectReason::forced_close);
  }
  std::erase_if(left_, [&](const auto& record) { return record->name == nsp_name; });
  if (socket_count() >= hub_.options().namespaces_max) return refuse(nsp_name, "too many namespaces");
  Namespace* const nsp = hub_.open(nsp_name, form_, auth.view());
  if (!nsp) return refuse(nsp_name, "Invalid namespace");
  hub_.connect(*this, *nsp, auth);
}

void Connection::handle_event(Socket& socket, const Packet& packet, const std::vector<std::string>& attachments) {
  Incoming event(form_, packet, hub_.reader(), attachments);
  if (!event.check_attachments()) return fail(PacketError::illegal_attachments);
  socket.name_space().dispatch(socket, event);
}

void Connection::handle_ack(Socket& socket, const Packet& packet, const std::vector<std::string>& attachments) {
  codec::Arena arena;
  const auto arguments = decode_arguments(form_, hub_.reader().arguments(), attachments, arena);
  if (!arguments) return fail(PacketError::illegal_attachments);
  hub_.stats().acks_received.add();
  if (!packet.id || !socket.acks_) return;
  const SocketRef keep(&socket);
  if (AckCallback callback = socket.acks_->take(*packet.id)) callback(AckError::none, *arguments);
}

void Connection::refuse(std::string_view nsp, std::string_view message) {
  hub_.stats().connects_refused.add();
  session_.send(encode_connect_error(form_, nsp, message, {}));
}

void Connection::fail(PacketError error) {
  hub_.stats().parse_errors.add();
  for (const SocketRef& socket : sockets()) {
    if (socket->connected()) socket->name_space().failed(*socket, to_string(error));
  }
  close(DisconnectReason::forced_close);
}

void Connection::close(DisconnectReason reason) {
  if (closing_) return;
  closing_ = true;
  close_reason_ = reason;
  assembly_.reset();
  session_.close(engineio::CloseReason::forced_close);
}

void Connection::disconnect_all() {
  while (first_) {
    Socket& socket = *first_;
    if (socket.connected()) session_.send(encode_disconnect(form_, socket.nsp()));
    socket.name_space().remove(socket, DisconnectReason::server_namespace_disconnect);
  }
  close(DisconnectReason::forced_server_close);
}

void Connection::abandon(DisconnectReason reason) {
  close(reason);
  while (first_) first_->name_space().remove(*first_, reason);
}

void Connection::admitted() { connect_timer_.reset(); }

void Connection::on_drain() {
  for (const SocketRef& socket : sockets()) {
    if (socket->connected()) socket->name_space().drained(*socket);
  }
}

void Connection::on_close(engineio::CloseReason reason, std::string_view /*description*/) {
  const DisconnectReason why = close_reason_.value_or(from_close_reason(reason));
  closing_ = true;
  while (first_) first_->name_space().remove(*first_, why);
  hub_.forget(*this);
  delete this;
}

void Connection::add(Socket& socket) {
  acquire(&socket);
  socket.next_ = first_;
  first_ = &socket;
}

void Connection::remove(Socket& socket) {
  Socket** at = &first_;
  while (*at != &socket) at = &(*at)->next_;
  *at = socket.next_;
  socket.next_ = nullptr;
  release(&socket);
}

Socket* Connection::find(std::string_view nsp) noexcept {
  Socket* socket = first_;
  while (socket && socket->nsp() != nsp) socket = socket->next_;
  return socket;
}

bool Connection::left_before(std::string_view nsp) const {
  for (const auto& record : left_) {
    if (record->name == nsp) return true;
  }
  return false;
}

std::size_t Connection::socket_count() const noexcept {
  std::size_t count = 0;
  for (const Socket* socket = first_; socket; socket = socket->next_) ++count;
  return count;
}

std::vector<SocketRef> Connection::sockets() const {
  std::vector<SocketRef> all;
  for (Socket* socket = first_; socket; socket = socket->next_) all.emplace_back(socket);
  return all;
}

void Connection::expect_late_packets(const Socket& socket) {
  if (left_.size() >= hub_.options().namespaces_max) left_.erase(left_.begin());
  left_.push_back(socket.record_);
}

}  // namespace tutti::socketio
