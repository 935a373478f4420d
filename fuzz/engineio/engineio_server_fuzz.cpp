// A whole Engine.IO server of two shards in memory, driven by the input: connections come, send, stop reading and go,
// time passes, the application sends and closes. Whatever happens, every session is closed exactly once, a handler is
// never called after its close, and nothing is left at the end.
#include <array>
#include <memory>
#include <vector>

#include "codec/websocket.hpp"
#include "engineio/server.hpp"
#include "fuzz.hpp"
#include "net/http_server.hpp"
#include "net/memory_stream.hpp"

namespace tutti::fuzz {
namespace {

using test::MemoryStream;
using test::TestShard;

class App final : public engineio::SessionAcceptor {
 public:
  engineio::SessionHandler* on_session(engineio::Session& session) override {
    sids.emplace_back(session.sid());
    auto* handler = new Handler(*this, session);
    open.push_back(handler);
    return handler;
  }

  class Handler final : public engineio::SessionHandler {
   public:
    Handler(App& app, engineio::Session& session) : app_(app), session(session) {}
    void on_text(std::string_view data) override {
      if (data == "close") return session.close();
      session.send(engineio::Outgoing::text(data));
    }
    void on_binary(std::string_view data) override { session.send(engineio::Outgoing::binary(data)); }
    void on_drain() override {}
    void on_close(engineio::CloseReason, std::string_view) override {
      FUZZ_CHECK(std::erase(app_.open, this) == 1);
      delete this;
    }
    App& app_;
    engineio::Session& session;
  };

  std::vector<Handler*> open;
  std::vector<std::string> sids;
};

class Worker final : public net::HttpHandler {
 public:
  Worker(TestShard& shard, const engineio::Options& options, App& app)
      : engine(shard, options, app), http(shard, *this, stats) {}
  void on_request(net::HttpRequest request, net::HttpExchange exchange) override {
    if (engine.owns(request)) return engine.handle(std::move(request), std::move(exchange));
    exchange.respond(net::text_response(404, "text/plain", ""));
  }
  net::Stats stats;
  engineio::Server engine;
  net::HttpServer http;
};

class Run {
 public:
  explicit Run(std::string_view input) : input_(input) {
    const std::uint8_t choice = take();
    engineio::Options options;
    options.max_payload = 200;
    options.buffered_bytes_max = 4000;
    options.allow_eio3 = (choice & 1) != 0;
    options.per_message_deflate = (choice & 2) != 0;
    if (choice & 4) options.cors.origins = {"*"};
    for (std::uint32_t i = 0; i < 2; ++i) workers_[i] = std::make_unique<Worker>(shards_[i], options, app_);
    for (const auto& worker : workers_) worker->engine.set_peers({&workers_[0]->http, &workers_[1]->http});
    three_ = options.allow_eio3 && (choice & 8) != 0;
  }

  void go() {
    while (!input_.empty()) step();
    for (const auto& worker : workers_) worker->engine.close_all();
    turn();
    FUZZ_CHECK(app_.open.empty());
    for (auto& worker : workers_) worker.reset();
  }

 private:
  std::uint8_t take() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(input_.front());
    input_.remove_prefix(1);
    return byte;
  }
  std::string take_text() {
    const std::size_t size = std::min<std::size_t>(take(), input_.size());
    std::string text(input_.substr(0, size));
    input_.remove_prefix(size);
    return text;
  }
  void turn() {
    for (int i = 0; i < 3; ++i) {
      for (TestShard& shard : shards_) shard.turn();
    }
  }

  MemoryStream* stream(std::uint8_t which) {
    return streams_.empty() ? nullptr : streams_[which % streams_.size()].get();
  }
  std::string target(std::uint8_t which, const char* transport) {
    std::string out = std::string("/engine.io/?EIO=") + (three_ ? "3" : "4") + "&transport=" + transport;
    if (!app_.sids.empty() && (which & 1)) out += "&sid=" + app_.sids[(which >> 1) % app_.sids.size()];
    return out;
  }

  void step() {
    const std::uint8_t operation = take();
    const std::uint8_t which = take();
    MemoryStream* one = stream(which);
    switch (operation % 12) {
      case 0:
        if (streams_.size() >= 16) break;
        streams_.push_back(MemoryStream::make(shards_[which & 1]));
        workers_[which & 1]->http.accept(*streams_.back());
        break;
      case 1:
        if (one) one->deliver(take_text());
        break;
      case 2:
        if (one) one->deliver("GET " + target(take(), "polling") + " HTTP/1.1\r\nHost: h\r\n\r\n");
        break;
      case 3: {
        const std::uint8_t session = take();
        const std::string body = take_text();
        const std::size_t announced = body.size() + (session & 128 ? 3 : 0);  // sometimes more than comes
        if (one) {
          one->deliver("POST " + target(session, "polling") +
                       " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(announced) + "\r\n\r\n" + body);
        }
        break;
      }
      case 4:
        if (one) {
          one->deliver("GET " + target(take(), "websocket") +
                       " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        }
        break;
      case 5: {
        const std::uint8_t opcode = take();
        std::string frame;
        codec::append_masked_frame(frame, static_cast<codec::Opcode>(opcode & 15), take_text(), 0x11223344,
                                   (opcode & 64) != 0);
        if (one) one->deliver(std::move(frame));
        break;
      }
      case 6:
        if (one) one->peer_closes((take() & 1) != 0);
        break;
      case 7:
        if (one) one->window = which;
        break;
      case 8:
        if (one) one->reads(take() * 64u);
        break;
      case 9:
        for (TestShard& shard : shards_) shard.advance(std::chrono::milliseconds(which * 200));
        break;
      case 10:
        if (!app_.open.empty()) {
          engineio::SendOptions options;
          options.volatile_ = (which & 64) != 0;
          app_.open[which % app_.open.size()]->session.send(engineio::Outgoing::text(take_text()), options);
        }
        break;
      case 11:
        if (!app_.open.empty()) app_.open[which % app_.open.size()]->session.close();
        break;
    }
    if ((operation & 128) == 0) turn();  // else several things happen in one turn
  }

  std::string_view input_;
  std::array<TestShard, 2> shards_{TestShard(0), TestShard(1)};
  App app_;
  std::array<std::unique_ptr<Worker>, 2> workers_;
  std::vector<std::shared_ptr<MemoryStream>> streams_;
  bool three_ = false;
};

}  // namespace
}  // namespace tutti::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tutti::fuzz::Run({reinterpret_cast<const char*>(data), size}).go();
  return 0;
}
