// Rooms and selections: socketio.md, section 5.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "socketio/world.hpp"

namespace tutti::socketio {
namespace {

using test::Client;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct Room3 : ::testing::Test {
  Room3() {
    for (Client** const client : {&a, &b, &c}) {
      *client = &world.client();
      (*client)->connect();
    }
  }
  Socket& socket(Client& client) { return *world.socket(client.sid_in_namespace); }
  // Who gets a broadcast to that selection.
  std::string reached(Selection selection) {
    const auto packet = encode_event({.json = true}, "/", "x", 0, nullptr);
    world.on(0, [&] { world.nsp().deliver(selection, packet, {}); });
    std::string names;
    for (const auto& [name, client] : std::map<std::string, Client*>{{"a", a}, {"b", b}, {"c", c}}) {
      const auto got = client->take();
      EXPECT_LE(got.size(), 1u) << "each socket once";
      if (!got.empty()) names += name;
    }
    return names;
  }
  World world;
  Client *a = nullptr, *b = nullptr, *c = nullptr;
};

TEST_F(Room3, SelectionsAreUnionsWithoutExceptions) {
  socket(*a).join("r1");
  socket(*b).join("r1");
  socket(*b).join("r2");
  socket(*c).join("r2");
  EXPECT_EQ(reached({}), "abc");
  EXPECT_EQ(reached({.rooms = {"r1"}}), "ab");
  EXPECT_EQ(reached({.rooms = {"r1", "r2"}}), "abc");
  EXPECT_EQ(reached({.rooms = {"r1", "r1"}}), "ab");
  EXPECT_EQ(reached({.rooms = {"r1"}, .except = {"r2"}}), "a");
  EXPECT_EQ(reached({.rooms = {}, .except = {"r1"}}), "c");
  EXPECT_EQ(reached({.rooms = {"unknown"}}), "");
  EXPECT_EQ(reached({.rooms = {"unknown", "r2"}, .except = {"unknown"}}), "bc");
}

TEST_F(Room3, EachIsInTheRoomOfItsId) {
  const std::string id = a->sid_in_namespace;
  EXPECT_THAT(socket(*a).rooms(), ElementsAre(id));
  EXPECT_EQ(reached({.rooms = {id}}), "a");
  EXPECT_EQ(reached({.rooms = {}, .except = {id}}), "bc");
  EXPECT_EQ(reached({.rooms = {id, b->sid_in_namespace}}), "ab");
  // Others may be in it too, and it may be left.
  socket(*b).join(id);
  EXPECT_EQ(reached({.rooms = {id}}), "ab");
  socket(*a).leave(id);
  EXPECT_EQ(reached({.rooms = {id}}), "b");
  socket(*a).join(id);
  EXPECT_EQ(reached({.rooms = {id}}), "ab");
}

TEST_F(Room3, JoinAndLeaveAreIdempotent) {
  socket(*a).join("r");
  socket(*a).join("r");
  EXPECT_EQ(reached({.rooms = {"r"}}), "a");
  socket(*a).leave("r");
  socket(*a).leave("r");
  socket(*b).leave("never there");
  EXPECT_EQ(reached({.rooms = {"r"}}), "");
  EXPECT_THAT(world.nsp().rooms(), IsEmpty());
}

TEST_F(Room3, NamesAreOpaque) {
  for (const char* name : {"", " ", "#", "a:b*?[", "r\xc3\xa4ume"}) {
    socket(*a).join(name);
    EXPECT_EQ(reached({.rooms = {name}}), "a") << name;
  }
  EXPECT_EQ(socket(*a).rooms().size(), 6u);
}

TEST_F(Room3, AllAreLeftAtTheEnd) {
  socket(*a).join("r1");
  socket(*a).join("r2");
  a->drop();
  EXPECT_THAT(world.nsp().rooms(), IsEmpty());
  EXPECT_EQ(world.nsp().size(), 2u);
}

struct Observer final : RoomObserver {
  void on_room_created(std::string_view, std::string_view room) override { lines.push_back("+" + std::string(room)); }
  void on_room_deleted(std::string_view, std::string_view room) override { lines.push_back("-" + std::string(room)); }
  void on_room_joined(std::string_view, std::string_view room, std::string_view) override {
    lines.push_back("join " + std::string(room));
  }
  void on_room_left(std::string_view, std::string_view room, std::string_view) override {
    lines.push_back("leave " + std::string(room));
  }
  std::vector<std::string> lines;
};

TEST(RoomEvents, AreToldOnceForAllWorkers) {
  Observer observer;
  World world({}, 2);
  world.server->observe_rooms(observer);
  Client& a = world.client(0);
  Client& b = world.client(1);
  a.connect();
  b.connect();
  world.on(0, [&] { world.socket(a.sid_in_namespace, 0)->join("r"); });
  world.on(1, [&] { world.socket(b.sid_in_namespace, 1)->join("r"); });
  a.drop();
  b.drop();
  EXPECT_THAT(observer.lines, ElementsAre("+r", "join r", "join r", "leave r", "leave r", "-r"));
}

TEST_F(Room3, DescribesSockets) {
  socket(*a).join("r");
  const auto found = world.nsp().describe({.rooms = {"r"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, a->sid_in_namespace);
  EXPECT_THAT(found[0].rooms, UnorderedElementsAre(a->sid_in_namespace, "r"));
  EXPECT_EQ(found[0].data, "\x80");
}

// Random membership against a plain model.
RC_GTEST_PROP(Rooms, EveryoneWhoIsMeantAndNobodyElseIsReached, ()) {
  World world;
  std::vector<Client*> clients;
  std::map<Client*, std::set<std::string>> model;
  const auto room = [] { return "r" + std::to_string(*rc::gen::inRange(0, 5)); };
  const auto rooms = [&] {
    std::vector<std::string> names;
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) names.push_back(room());
    if (!clients.empty() && *rc::gen::inRange(0, 4) == 0)
      names.push_back((*rc::gen::elementOf(clients))->sid_in_namespace);
    return names;
  };
  for (int step = 0; step < 60; ++step) {
    const int what = *rc::gen::inRange(0, 10);
    if (what < 2 || clients.empty()) {
      clients.push_back(&world.client());
      clients.back()->connect();
      model[clients.back()] = {clients.back()->sid_in_namespace};
      continue;
    }
    Client* const client = *rc::gen::elementOf(clients);
    if (what < 5) {
      const std::string name = room();
      world.socket(client->sid_in_namespace)->join(name);
      model[client].insert(name);
    } else if (what < 6) {
      const std::string name = room();
      world.socket(client->sid_in_namespace)->leave(name);
      model[client].erase(name);
    } else if (what < 7) {
      client->drop();
      std::erase(clients, client);
      model.erase(client);
    } else {
      const Selection selection{rooms(), rooms()};
      const auto packet = encode_event({.json = true}, "/", "x", 0, nullptr);
      world.on(0, [&] { world.nsp().deliver(selection, packet, {}); });
      for (Client* const other : clients) {
        const auto in_any = [&](const std::vector<std::string>& names) {
          return std::any_of(names.begin(), names.end(), [&](const auto& name) { return model[other].contains(name); });
        };
        const bool meant = (selection.rooms.empty() || in_any(selection.rooms)) && !in_any(selection.except);
        RC_ASSERT(other->take().size() == (meant ? 1u : 0u));
      }
    }
  }
}

}  // namespace
}  // namespace tutti::socketio
