// loadgen/client.hpp: one Socket.IO v5 client over a WebSocket, as cheap as the load generator needs it: events and
// acknowledgements are handed on undecoded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "codec/websocket.hpp"
#include "codec/writer.hpp"
#include "net/epoll/loop.hpp"
#include "net/stream.hpp"

namespace tutti::loadgen {

struct Target {
  std::uint32_t address = 0x7f000001;  // IPv4, host order
  std::uint16_t port = 3000;
  std::string host = "127.0.0.1:3000";  // the Host field
  std::string path = "/socket.io/";
  codec::Form form = codec::Form::json;
  std::string auth;  // JSON object for CONNECT, or ""
};

class Client;

// Who drives a client.
class ClientHandler {
 public:
  virtual void on_connected(Client& client) = 0;
  // A Socket.IO EVENT: in JSON form the array text (["name",…]), in MessagePack form the whole packet. Borrowed.
  virtual void on_event(Client& client, std::string_view body) = 0;
  // An ACK: the array text, or the whole MessagePack packet.
  virtual void on_ack(Client& client, std::uint64_t id, std::string_view body) = 0;
  virtual void on_ping(Client&) {}
  // Once, unless the client closed first: why it ended. Destroy the client in a later turn.
  virtual void on_ended(Client& client, std::string_view why) = 0;

 protected:
  ~ClientHandler() = default;
};

// Owner: a scenario. One descriptor; all on one loop.
class Client final : private net::StreamHandler {
 public:
  // `source`: the local IPv4 address to connect from (host order), 0 = any: each gives 28,000 ports more.
  Client(net::epoll::Loop& loop, const Target& target, ClientHandler& handler, std::size_t number,
         std::uint32_t source = 0);
  ~Client();

  bool connected() const noexcept { return state_ == State::connected; }
  std::size_t number() const noexcept { return number_; }
  std::uint64_t pings() const noexcept { return pings_; }

  // Emits an event; `arguments` = its arguments in the client's form: JSON text with a comma in front (,1,"a") or
  // MessagePack values, `count` of them. With `ack` an id is asked for and returned.
  std::uint64_t emit(std::string_view name, std::string_view arguments, std::size_t count, bool ack);
  // A whole text or binary WebSocket message.
  void send(bool binary, std::string_view payload);
  void close();

 private:
  enum class State : std::uint8_t { upgrading, opening, connecting, connected, ended };
  void on_data(char* bytes, std::size_t size) override;
  void on_drain() override {}
  void on_close(bool clean) override;
  bool read_upgrade(char*& bytes, std::size_t& size);
  bool on_message(const codec::WebSocketMessage& message);
  bool on_text(std::string_view text);
  bool on_binary(std::string_view packet);
  void connect_namespace();
  void end(std::string_view why);

  const Target& target_;
  ClientHandler& handler_;
  net::Stream* stream_ = nullptr;
  codec::WebSocketReader reader_;
  std::string head_;  // of the upgrade answer, while it is incomplete
  std::uint64_t next_ack_ = 0;
  std::uint64_t pings_ = 0;
  std::size_t number_;
  State state_ = State::upgrading;
};

}  // namespace tutti::loadgen
