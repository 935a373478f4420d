// tests/engineio/fixture.hpp: a whole Engine.IO server in memory: shards, HTTP, clients that speak raw bytes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/websocket.hpp"
#include "engineio/server.hpp"
#include "net/http_server.hpp"
#include "net/http_text.hpp"
#include "net/memory_stream.hpp"

namespace tutti::test {

using namespace std::chrono_literals;
using engineio::Outgoing;

// What the layer above saw of one session.
struct Seen {
  engineio::Session* session = nullptr;  // null after the close
  std::string sid;
  std::vector<std::string> messages;  // "t:text", "b:bytes"
  std::optional<std::string> closed;  // reason, and ": description" if there is one
  int drains = 0;
};

class App final : public engineio::SessionAcceptor {
 public:
  engineio::SessionHandler* on_session(engineio::Session& session) override {
    if (refuse) return nullptr;
    auto seen = std::make_shared<Seen>();
    seen->session = &session;
    seen->sid = session.sid();
    all.push_back(seen);
    return new Handler(*this, session, std::move(seen));
  }

  bool echo = false;
  bool refuse = false;
  std::vector<std::shared_ptr<Seen>> all;
  std::vector<std::string> closes;  // in the order they came

 private:
  class Handler final : public engineio::SessionHandler {
   public:
    Handler(App& app, engineio::Session& session, std::shared_ptr<Seen> seen)
        : app_(app), session_(session), seen_(std::move(seen)) {}
    void on_text(std::string_view data) override {
      seen_->messages.push_back("t:" + std::string(data));
      if (data == "close me") return session_.close();
      if (app_.echo) session_.send(Outgoing::text(data));
    }
    void on_binary(std::string_view data) override {
      seen_->messages.push_back("b:" + std::string(data));
      if (app_.echo) session_.send(Outgoing::binary(data));
    }
    void on_drain() override { ++seen_->drains; }
    void on_close(engineio::CloseReason reason, std::string_view description) override {
      EXPECT_FALSE(seen_->closed) << "closed twice";
      seen_->closed = std::string(to_string(reason));
      if (!description.empty()) *seen_->closed += ": " + std::string(description);
      seen_->session = nullptr;
      app_.closes.push_back(*seen_->closed);
      delete this;
    }

   private:
    App& app_;
    engineio::Session& session_;
    std::shared_ptr<Seen> seen_;
  };
};

// One shard's worth of server. Requests that are not Engine.IO's get 404, as from a host HTTP server.
class Worker final : public net::HttpHandler {
 public:
  Worker(TestShard& shard, const engineio::Options& options, App& app)
      : engine(shard, options, app), http(shard, *this, net_stats) {}
  void on_request(net::HttpRequest request, net::HttpExchange exchange) override {
    if (engine.owns(request)) return engine.handle(std::move(request), std::move(exchange));
    exchange.respond({404, {}, {}, false});
  }
  net::Stats net_stats;
  engineio::Server engine;
  net::HttpServer http;
};

// One frame from the server.
struct Frame {
  codec::Opcode opcode;
  std::string payload;
  bool compressed = false;
};

class EngineTest : public testing::Test {
 protected:
  void start(engineio::Options options = {}, std::uint32_t workers = 1) {
    options_ = options;
    for (std::uint32_t i = 0; i < workers; ++i) shards_.push_back(std::make_unique<TestShard>(i));
    std::vector<net::HttpServer*> peers;
    for (const auto& shard : shards_) {
      workers_.push_back(std::make_unique<Worker>(*shard, options, app_));
      peers.push_back(&workers_.back()->http);
    }
    for (const auto& worker : workers_) worker->engine.set_peers(peers);
  }
  void TearDown() override {
    workers_.clear();
    for (const auto& seen : app_.all) EXPECT_TRUE(seen->closed) << "a session was never closed";
  }

  TestShard& shard() { return *shards_[0]; }
  engineio::Server& server() { return workers_[0]->engine; }
  Seen& seen(std::size_t index = 0) { return *app_.all.at(index); }
  Seen& last() { return *app_.all.back(); }
  void turn() {
    for (int i = 0; i < 2; ++i) {
      for (const auto& shard : shards_) shard->turn();
    }
  }
  void advance(Duration delay) {
    for (const auto& shard : shards_) shard->advance(delay);
  }

  std::shared_ptr<MemoryStream> connect(std::uint32_t worker = 0) {
    auto stream = MemoryStream::make(*shards_[worker]);
    workers_[worker]->http.accept(*stream);
    return stream;
  }
  // Sends bytes and runs a turn.
  void deliver(MemoryStream& stream, std::string bytes) {
    stream.deliver(std::move(bytes));
    turn();
  }

  static std::string request(std::string_view method, std::string_view target, std::string_view fields = "",
                             std::optional<std::string_view> body = std::nullopt) {
    std::string out = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n";
    out += fields;
    if (body) out += "Content-Length: " + std::to_string(body->size()) + "\r\n";
    out += "\r\n";
    if (body) out += *body;
    return out;
  }
  static std::string polling_target(std::string_view sid) {
    return "/engine.io/?EIO=4&transport=polling" + (sid.empty() ? "" : "&sid=" + std::string(sid));
  }

  // On a connection of its own.
  std::optional<HttpAnswer> exchange(std::string bytes, bool head_only = false) {
    const auto stream = connect();
    deliver(*stream, std::move(bytes));
    return take_answer(stream->sent, head_only);
  }
  HttpAnswer get(std::string_view sid, std::string_view fields = "") {
    return exchange(request("GET", polling_target(sid), fields)).value_or(HttpAnswer{});
  }
  HttpAnswer post(std::string_view sid, std::string_view body, std::string_view fields = "") {
    return exchange(request("POST", polling_target(sid), fields, body)).value_or(HttpAnswer{});
  }
  // A GET that is left waiting; look for the answer with take_answer(stream->sent).
  std::shared_ptr<MemoryStream> hold_get(std::string_view sid, std::string_view fields = "") {
    const auto stream = connect();
    deliver(*stream, request("GET", polling_target(sid), fields));
    return stream;
  }
  // Opens a polling session; its sid.
  std::string open_polling() {
    const std::string body = get("").body;
    const auto at = body.find("\"sid\":\"");
    EXPECT_NE(at, std::string::npos) << body;
    return at == std::string::npos ? "" : body.substr(at + 7, 20);
  }

  static std::string upgrade_request(std::string_view query, std::string_view fields = "") {
    return request("GET", "/engine.io/?" + std::string(query),
                   "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                       std::string(fields));
  }
  // Opens a session on a WebSocket; the open packet was read.
  std::shared_ptr<MemoryStream> open_websocket(std::string_view fields = "") {
    const auto stream = connect();
    deliver(*stream, upgrade_request("EIO=4&transport=websocket", fields));
    EXPECT_TRUE(take_head(*stream).starts_with("HTTP/1.1 101 "));
    EXPECT_EQ(take_frame(*stream)->payload.substr(0, 1), "0");
    return stream;
  }
  // A WebSocket that wants to take the session over; "101" was read.
  std::shared_ptr<MemoryStream> start_upgrade(std::string_view sid, std::uint32_t worker = 0) {
    const auto stream = connect(worker);
    deliver(*stream, upgrade_request("EIO=4&transport=websocket&sid=" + std::string(sid)));
    EXPECT_TRUE(take_head(*stream).starts_with("HTTP/1.1 101 "));
    return stream;
  }
  static std::string take_head(MemoryStream& stream) {
    const auto end = stream.sent.find("\r\n\r\n");
    if (end == std::string::npos) return std::exchange(stream.sent, {});
    std::string head = stream.sent.substr(0, end + 4);
    stream.sent.erase(0, end + 4);
    return head;
  }
  static std::optional<Frame> take_frame(MemoryStream& stream) {
    const std::string& bytes = stream.sent;
    if (bytes.size() < 2) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t size = byte(1) & 0x7f;
    std::size_t header = 2;
    if (size >= 126) {
      const std::size_t width = size == 126 ? 2 : 8;
      size = 0;
      for (std::size_t i = 0; i < width; ++i) size = size << 8 | byte(2 + i);
      header += width;
    }
    if (bytes.size() < header + size) return std::nullopt;
    Frame frame{static_cast<codec::Opcode>(byte(0) & 0x0f), bytes.substr(header, size), (byte(0) & 0x40) != 0};
    stream.sent.erase(0, header + size);
    return frame;
  }
  // The payload of the next frame, "" if there is none; "close" for a close frame.
  static std::string next(MemoryStream& stream) {
    const auto frame = take_frame(stream);
    if (!frame) return "";
    return frame->opcode == codec::Opcode::close ? "close" + frame->payload : frame->payload;
  }
  void send_text(MemoryStream& stream, std::string_view text) { send(stream, codec::Opcode::text, text); }
  void send(MemoryStream& stream, codec::Opcode opcode, std::string_view payload) {
    std::string frame;
    codec::append_masked_frame(frame, opcode, payload, 0x12345678);
    deliver(stream, std::move(frame));
  }

  engineio::Options options_;
  App app_;
  std::vector<std::unique_ptr<TestShard>> shards_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tutti::test
