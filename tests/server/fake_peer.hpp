// A socket and a namespace without a network, as far as the gatekeeper uses them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/manual_scheduler.hpp"
#include "codec/json.hpp"
#include "socketio/native.hpp"

namespace tutti::server::tests {

class FakeShard final : public Shard {
 public:
  void post(Task task) override { task(); }
  void defer(Task task) override { task(); }
  bool is_current() const noexcept override { return true; }
  ManualScheduler& scheduler() noexcept override { return clock_; }
  Random& random() noexcept override { return random_; }
  std::uint32_t index() const noexcept override { return 0; }

 private:
  ManualScheduler clock_;
  SeededRandom random_{1};
};

class FakeHandshake final : public engineio::Handshake {
 public:
  std::map<std::string, std::string, std::less<>> fields;
  std::string_view target() const override { return "/socket.io/?EIO=4"; }
  std::string_view header(std::string_view name) const override {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string_view() : found->second;
  }
  std::vector<std::pair<std::string_view, std::string_view>> headers() const override { return {}; }
  std::string_view address() const override { return "127.0.0.1"; }
  std::int64_t issued_ms() const override { return 0; }
  bool secure() const override { return false; }
};

struct FakePeer final : socketio::Peer {
  FakePeer(FakeShard& where, std::uint64_t number, std::string auth_payload)
      : shard_(where), number_(number), id_("socket-" + std::to_string(number)), auth_json(std::move(auth_payload)) {}

  socketio::SocketHandle handle() const noexcept override { return {0, number_}; }
  std::string_view id() const noexcept override { return id_; }
  std::string_view nsp() const noexcept override { return "/"; }
  socketio::Form form() const noexcept override { return socketio::Form::json; }
  Shard& shard() noexcept override { return shard_; }
  const engineio::Handshake& handshake() const noexcept override { return fake_handshake; }
  codec::Value auth(codec::Arena& arena) const override { return *codec::parse_json(auth_json, arena); }
  std::string_view user_id() const noexcept override { return user; }
  void set_user_id(std::string_view user_id) override { user = user_id; }
  std::unique_ptr<socketio::SlotState>& slot(socketio::Slot) noexcept override { return state; }
  void send(const engineio::OutgoingPtr&, engineio::SendOptions) override {}
  std::size_t buffered_bytes() const noexcept override { return 0; }
  void join(std::string_view) override {}
  void leave(std::string_view) override {}
  void disconnect(bool) override { disconnected = true; }

  FakeShard& shard_;
  std::uint64_t number_;
  std::string id_;
  std::string auth_json;
  std::string user;
  FakeHandshake fake_handshake;
  std::unique_ptr<socketio::SlotState> state;
  bool disconnected = false;
};

struct FakeNamespace final : socketio::NativeNamespace {
  void on_event(std::string, socketio::EventHandler) override {}
  void on_any_event(socketio::EventHandler) override {}
  void on_error(UniqueFunction<void(socketio::Peer&, std::string_view)>) override {}
  void on_disconnecting(UniqueFunction<void(socketio::Peer&, socketio::DisconnectReason)>) override {}
  void use(socketio::Middleware added) override { middleware = std::move(added); }
  void on_connect(UniqueFunction<void(socketio::Peer&)>) override {}
  void on_drain(UniqueFunction<void(socketio::Peer&)>) override {}
  void on_disconnect(UniqueFunction<void(socketio::Peer&, socketio::DisconnectReason)>) override {}
  socketio::Peer* find(std::uint64_t id) noexcept override {
    const auto found = peers.find(id);
    return found == peers.end() ? nullptr : found->second;
  }
  socketio::Forms forms_in_use() const noexcept override { return {}; }

  socketio::Middleware middleware;
  std::map<std::uint64_t, socketio::Peer*> peers;
};

// What became of one admission.
struct Verdict {
  bool accepted = false;
  std::string message;
  std::string data;
};

class FakeAdmission final : public socketio::Admission::Target {
 public:
  explicit FakeAdmission(Verdict& verdict) : verdict_(verdict) {}
  void accept() override { verdict_.accepted = true; }
  void refuse(std::string_view message, std::string_view data) override {
    verdict_.message = message;
    verdict_.data = data;
  }

 private:
  Verdict& verdict_;
};

}  // namespace tutti::server::tests
