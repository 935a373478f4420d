// One document on one or more servers over one store, on a clock moved by hand.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/manual_scheduler.hpp"
#include "codec/json.hpp"
#include "documents/log/memory_log.hpp"
#include "documents/session.hpp"
#include "fake_sink.hpp"

namespace tutti::documents::testing {

inline Change change(std::string_view json) {
  codec::Arena arena;
  const auto value = codec::parse_json(json, arena);
  EXPECT_TRUE(value.has_value()) << json;
  auto read = read_change(*value, Limits{});
  EXPECT_TRUE(read.has_value()) << json << ": " << read.error().message;
  return read->change;
}

struct ChosenAccess final : AccessRules {
  Access access = Access::write;
  Access document(const Peer&, std::string_view) const override { return access; }
  bool room(const Peer&, std::string_view) const override { return access != Access::none; }
};

// A server of its own: a session and a log over the shared store.
struct Server {
  Server(ManualScheduler& clock, MemoryStore& store, const Limits& the_limits, OperationHook* hook = nullptr)
      : limits(the_limits),
        random(7),
        log(std::make_unique<MemoryLog>(clock, store)),
        session(
            std::make_unique<Session>(SessionContext{clock, random, *log, sink, access, hook, limits, stats}, "doc")) {}
  ~Server() { log.reset(); }
  Limits limits;
  SeededRandom random;
  FakeSink sink;
  ChosenAccess access;
  Stats stats;
  std::unique_ptr<MemoryLog> log;
  std::unique_ptr<Session> session;
};

// A connection, as the test speaks for it.
struct Client {
  Client(Server& at, Connection number, std::string user, std::string client_id)
      : server(&at), connection(number), client(std::move(client_id)) {
    peer = std::make_shared<const Peer>(Peer{number, "s" + std::to_string(number), std::move(user), false});
  }
  Server* server;
  Connection connection;
  std::string client;
  PeerPtr peer;
  std::uint64_t next_ack = 1;

  ReplyTo reply() { return {connection, next_ack++}; }
  void open(OpenRequest request) {
    if (request.client.empty()) request.client = client;
    server->session->open(peer, reply(), std::move(request));
  }
  void open() { open({.document = "doc", .create = true}); }
  void open_from(std::uint64_t version) { open({.document = "doc", .version = version, .epoch = epoch()}); }
  std::string epoch() { return server->session->epoch(); }
  void operation(std::uint64_t version, std::uint64_t seq, std::string_view changes) {
    codec::Arena arena;
    const auto value = codec::parse_json(changes, arena);
    OperationRequest request{.document = "doc", .version = version, .client = client, .seq = seq};
    auto read = read_change(*value, server->limits);
    if (read.has_value()) {
      request.change = read->change;
      request.base_length = read->base_length;
    } else {
      request.refused = read.error();
    }
    server->session->operation(reply(), std::move(request));
  }
  std::vector<std::string> take() { return server->sink.take(connection); }
  std::vector<std::string> take_people() { return std::exchange(server->sink.people[connection], {}); }
};

class SessionTest : public ::testing::Test {
 protected:
  using Lines = std::vector<std::string>;

  Server& add_server(OperationHook* hook = nullptr) {
    servers.push_back(std::make_unique<Server>(clock, store, limits, hook));
    return *servers.back();
  }
  Server& server() { return servers.empty() ? add_server() : *servers.front(); }
  Client client(std::string user = "ann", std::string id = "c1") {
    return client_at(server(), std::move(user), std::move(id));
  }
  Client client_at(Server& at, std::string user, std::string id) {
    return Client(at, next_connection++, std::move(user), std::move(id));
  }
  // A client that has the document open, at the newest version.
  Client opened(std::string user = "ann", std::string id = "c1") {
    return opened_at(server(), std::move(user), std::move(id));
  }
  Client opened_at(Server& at, std::string user, std::string id) {
    Client made = client_at(at, std::move(user), std::move(id));
    made.open();
    settle();
    made.take();
    return made;
  }
  // Everything that is due happens, flush intervals included.
  void settle() {
    for (int i = 0; i < 4; ++i) clock.advance(std::chrono::milliseconds(20));
  }
  // Also what waits for intervals.
  void pass(Duration time = std::chrono::seconds(2)) { clock.advance(time), settle(); }

  std::string text() {
    std::string json;
    codec::JsonWriter writer(json);
    server().session->content().write(writer);
    return json;
  }

  ManualScheduler clock;
  MemoryStore store;
  Limits limits;
  std::vector<std::unique_ptr<Server>> servers;
  Connection next_connection = 1;
};

}  // namespace tutti::documents::testing
