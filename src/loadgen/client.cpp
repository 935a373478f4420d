#include "loadgen/client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "net/epoll/stream.hpp"

namespace tutti::loadgen {

namespace {

sockaddr_in address_of(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(port);
  return address;
}

int connect_socket(const Target& target, std::uint32_t source) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source != 0) {
    ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const sockaddr_in local = address_of(source, 0);
    ::bind(descriptor, reinterpret_cast<const sockaddr*>(&local), sizeof local);
  }
  // Loopback: the kernel answers at once, so a blocking connect costs no waiting.
  const sockaddr_in remote = address_of(target.address, target.port);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0) {
    const int failed = errno;
    ::close(descriptor);
    throw std::runtime_error("connect to port " + std::to_string(target.port) + ": " + std::strerror(failed));
  }
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

// Masking protects proxies from scripts in browsers; a constant key is as good here and costs nothing.
constexpr std::uint32_t kMask = 0x5a17c3e9;

}  // namespace

Client::Client(net::epoll::Loop& loop, const Target& target, ClientHandler& handler, std::size_t number,
               std::uint32_t source)
    : target_(target),
      handler_(handler),
      reader_(codec::WebSocketReader::Role::client, {.message_bytes_max = 64 * 1024 * 1024}),
      number_(number) {
  stream_ = net::epoll::EpollStream::open(loop, connect_socket(target, source), this);
  if (!stream_) throw std::runtime_error("the event loop takes no more sockets");
  stream_->write(SharedBytes::copy("GET " + target.path +
                                   "?EIO=4&transport=websocket HTTP/1.1\r\nHost: " + target.host +
                                   "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
}

Client::~Client() { close(); }

void Client::close() {
  state_ = State::ended;
  if (stream_) std::exchange(stream_, nullptr)->abort();
}

void Client::send(bool binary, std::string_view payload) {
  if (!stream_) return;
  std::string frame;
  codec::append_masked_frame(frame, binary ? codec::Opcode::binary : codec::Opcode::text, payload, kMask);
  stream_->write(SharedBytes::copy(frame));
}

std::uint64_t Client::emit(std::string_view name, std::string_view arguments, std::size_t count, bool ack) {
  const std::uint64_t id = next_ack_;
  if (ack) ++next_ack_;
  std::string packet;
  if (target_.form == codec::Form::json) {
    packet = "42";
    if (ack) packet += std::to_string(id);
    packet += "[\"";
    packet += name;
    packet += '"';
    packet += arguments;
    packet += ']';
    send(false, packet);
  } else {
    codec::MsgpackWriter writer(packet);
    writer.begin_object(ack ? 4 : 3);
    writer.field("type", std::int64_t{2});
    writer.key("data");
    writer.begin_array(count + 1);
    writer.string(name);
    writer.raw(arguments);
    if (ack) writer.field("id", static_cast<std::int64_t>(id));
    writer.field("nsp", "/");
    send(true, packet);
  }
  return id;
}

void Client::on_data(char* bytes, std::size_t size) {
  if (state_ == State::upgrading && !read_upgrade(bytes, size)) return;
  const auto result =
      reader_.feed(bytes, size, [this](const codec::WebSocketMessage& message) { return on_message(message); });
  if (!result.has_value()) end(result.error().reason);
}

// Takes the head of the answer off [bytes, size); false while it is incomplete or refused.
bool Client::read_upgrade(char*& bytes, std::size_t& size) {
  const std::size_t before = head_.size();
  head_.append(bytes, size);
  const std::size_t end_of_head = head_.find("\r\n\r\n");
  if (end_of_head == std::string::npos) return false;
  if (!head_.starts_with("HTTP/1.1 101")) {
    end(std::string_view(head_).substr(0, head_.find('\r')));
    return false;
  }
  const std::size_t consumed = end_of_head + 4 - before;
  bytes += consumed;
  size -= consumed;
  head_ = {};
  state_ = State::opening;
  return true;
}

bool Client::on_message(const codec::WebSocketMessage& message) {
  switch (message.opcode) {
    case codec::Opcode::text:
      return on_text(message.payload);
    case codec::Opcode::binary:
      return on_binary(message.payload);
    case codec::Opcode::close:
      end("closed by the server");
      return false;
    default:
      return true;
  }
}

bool Client::on_text(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] == '2') {
    ++pings_;
    send(false, "3");
    handler_.on_ping(*this);
    return stream_ != nullptr;
  }
  if (text[0] == '0' && state_ == State::opening) {
    connect_namespace();
    return true;
  }
  if (text[0] != '4' || text.size() < 2) return true;
  const std::string_view body = text.substr(2);
  if (text[1] == '2' && state_ == State::connected) {
    const std::size_t array = body.find('[');
    if (array != std::string_view::npos) handler_.on_event(*this, body.substr(array));
  } else if (text[1] == '3') {
    std::uint64_t id = 0;
    const auto parsed = std::from_chars(body.data(), body.data() + body.size(), id);
    handler_.on_ack(*this, id, body.substr(static_cast<std::size_t>(parsed.ptr - body.data())));
  } else if (text[1] == '0' && state_ == State::connecting) {
    state_ = State::connected;
    handler_.on_connected(*this);
  } else if (text[1] == '1' || text[1] == '4') {
    end(text);
  }
  return stream_ != nullptr;
}

bool Client::on_binary(std::string_view packet) {
  codec::Arena arena;
  const auto value = codec::parse_msgpack(packet, arena);
  if (!value.has_value()) {
    end("undecodable packet");
    return false;
  }
  switch ((*value)["type"].whole_number().value_or(-1)) {
    case 0:
      state_ = State::connected;
      handler_.on_connected(*this);
      break;
    case 2:
      handler_.on_event(*this, packet);
      break;
    case 3:
      handler_.on_ack(*this, static_cast<std::uint64_t>((*value)["id"].whole_number().value_or(0)), packet);
      break;
    case 1:
    case 4:
      end("refused or disconnected by the server");
      break;
    default:
      break;
  }
  return stream_ != nullptr;
}

void Client::connect_namespace() {
  state_ = State::connecting;
  if (target_.form == codec::Form::json) return send(false, "40" + target_.auth);
  std::string packet;
  codec::Arena arena;
  const auto auth = codec::parse_json(target_.auth.empty() ? "{}" : std::string_view(target_.auth), arena);
  codec::MsgpackWriter writer(packet);
  writer.begin_object(3);
  writer.field("type", std::int64_t{0});
  writer.key("data");
  if (auth.has_value()) {
    writer.value(*auth);
  } else {
    writer.undefined();
  }
  writer.field("nsp", "/");
  send(true, packet);
}

void Client::on_close(bool clean) {
  stream_ = nullptr;
  if (state_ != State::ended) end(clean ? "connection closed" : "connection lost");
}

void Client::end(std::string_view why) {
  close();
  handler_.on_ended(*this, why);
}

}  // namespace tutti::loadgen
