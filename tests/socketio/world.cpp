#include "socketio/world.hpp"

namespace tutti::socketio::test {
namespace {

struct Handshake final : engineio::Handshake {
  explicit Handshake(std::vector<std::pair<std::string, std::string>> headers) : fields(std::move(headers)) {}
  std::string_view target() const override { return "/socket.io/?EIO=4&transport=websocket&a=1&b=x%20y&b=z"; }
  std::string_view header(std::string_view name) const override {
    for (const auto& [key, value] : fields) {
      if (key == name) return value;
    }
    return {};
  }
  std::vector<std::pair<std::string_view, std::string_view>> headers() const override {
    return {fields.begin(), fields.end()};
  }
  std::string_view address() const override { return "127.0.0.1"; }
  std::int64_t issued_ms() const override { return 1'700'000'000'123; }
  bool secure() const override { return false; }
  std::vector<std::pair<std::string, std::string>> fields;
};

}  // namespace

std::string hex(std::string_view bytes) {
  std::string digits;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    digits += kDigits[static_cast<unsigned char>(c) >> 4];
    digits += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return digits;
}

std::string unhex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// Frames are whole, final and unmasked.
std::vector<std::string> messages_of(const engineio::Outgoing& outgoing) {
  std::vector<std::string> messages;
  std::string_view rest = outgoing.websocket().view();
  while (!rest.empty()) {
    const int opcode = rest[0] & 0x0F;
    std::size_t size = rest[1] & 0x7F;
    std::size_t head = 2;
    const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (wide > 0) size = 0;
    for (std::size_t i = 0; i < wide; ++i) size = size << 8 | static_cast<unsigned char>(rest[head++]);
    const std::string_view payload = rest.substr(head, size);
    messages.push_back(opcode == 1 ? std::string(payload.substr(1)) : "b:" + hex(payload));
    rest.remove_prefix(head + size);
  }
  return messages;
}

void Client::text(std::string_view data) {
  const std::string copy(data);  // the bytes are gone after the call, as in production
  if (!closed()) world_.on(worker_, [&] { handler->on_text(copy); });
  world_.turn();
}

void Client::binary(std::string_view data) {
  const std::string copy(data);
  if (!closed()) world_.on(worker_, [&] { handler->on_binary(copy); });
  world_.turn();
}

void Client::drop(engineio::CloseReason reason) {
  if (closed_) return;
  closed_ = true;
  world_.on(worker_, [&] { handler->on_close(reason, {}); });
  world_.turn();
}

void Client::close(engineio::CloseReason reason) {
  if (closing_ || closed_) return;
  closing_ = true;
  close_reason_ = reason;
  world_.shards_[worker_]->post([this] { finish_closing(); });
}

void Client::finish_closing() {
  if (closed_) return;
  closed_ = true;
  handler->on_close(close_reason_, {});
}

void Client::drain() {
  buffered = 0;
  world_.on(worker_, [&] { handler->on_drain(); });
}

std::vector<std::string> Client::take() {
  std::vector<std::string> got;
  for (; taken_ < sent.size(); ++taken_) {
    for (auto& message : messages_of(*sent[taken_])) got.push_back(std::move(message));
  }
  return got;
}

void Client::connect(std::string_view nsp, std::string_view payload) {
  text("0" + (nsp == "/" ? std::string() : std::string(nsp) + ",") + std::string(payload));
  const auto got = take();
  ASSERT_FALSE(got.empty());
  const std::string& answer = got.back();
  const auto field = [&](const std::string& name) {
    const auto at = answer.find("\"" + name + "\":\"");
    return at == std::string::npos ? std::string() : answer.substr(at + name.size() + 4, 20);
  };
  ASSERT_EQ(answer[0], '0') << answer;
  sid_in_namespace = field("sid");
  pid = field("pid");
}

Shard& Client::shard() noexcept { return *world_.shards_[worker_]; }
const engineio::Handshake& Client::handshake() const noexcept { return *handshake_; }

bool Client::send(const engineio::OutgoingPtr& message, engineio::SendOptions options) {
  EXPECT_TRUE(shard().is_current());
  EXPECT_FALSE(closed_);
  if (options.volatile_ && buffered > 0) return false;
  sent.push_back(message);
  sent_compressed.push_back(options.compress);
  if (keeps_buffering) buffered += message->size();
  return true;
}

World::World(Options options, std::uint32_t workers) {
  std::vector<Shard*> pointers;
  for (std::uint32_t i = 0; i < workers; ++i) {
    shards_.push_back(std::make_unique<WorldShard>(i, current_, clock));
    pointers.push_back(shards_.back().get());
  }
  server = std::make_unique<Server>(pointers, std::move(options));
  for (std::uint32_t i = 0; i < workers; ++i) server->hub(i).of("/");
  server->start();
}

World::~World() {
  for (const auto& client : clients_) {
    if (!client->closed_) client->drop(engineio::CloseReason::server_shutting_down);
  }
  turn();
  server.reset();
}

void World::turn() {
  for (bool any = true; any;) {
    any = false;
    for (const auto& shard : shards_) {
      for (Task& task : std::exchange(shard->posted, {})) {
        any = true;
        on(shard->index(), [&] { task(); });
      }
    }
  }
}

void World::advance(Duration delay) {
  const TimePoint end = clock.now() + delay;
  turn();
  while (clock.earliest() && *clock.earliest() <= end) {
    // Which worker a timer belongs to is not known here; with one worker it is that.
    on(0, [&] { clock.advance(std::max(*clock.earliest() - clock.now(), Duration::zero())); });
    turn();
  }
  clock.advance(end - clock.now());
}

Client& World::client(std::uint32_t worker, unsigned protocol) {
  clients_.push_back(std::make_unique<Client>(*this, worker));
  Client& client = *clients_.back();
  client.protocol_version = protocol;
  client.handshake_ = std::make_unique<Handshake>(client.headers);
  on(worker, [&] { client.handler = server->hub(worker).on_session(client); });
  return client;
}

}  // namespace tutti::socketio::test
