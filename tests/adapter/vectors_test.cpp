// Captured exchanges with the Node server, replayed message by message: what our server answers is the same, ids aside.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "adapter/memory/memory_adapter.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "socketio/incoming.hpp"
#include "socketio/world.hpp"

namespace tutti::adapter {
namespace {

using codec::Value;
using socketio::DisconnectReason;
using socketio::IncomingEvent;
using socketio::Peer;
using socketio::Socket;
using socketio::test::Client;
using socketio::test::hex;
using socketio::test::unhex;
using socketio::test::World;

// A parsed file of vectors; the text lives as long.
struct Vectors {
  explicit Vectors(const std::string& name) {
    std::ifstream file(TUTTI_SOURCE_DIR "/tests/vectors/protocol/" + name);
    std::stringstream content;
    content << file.rdbuf();
    text = content.str();
    const auto parsed = codec::parse_json(text, arena);
    EXPECT_TRUE(parsed.has_value()) << name;
    if (parsed.has_value()) root = *parsed;
  }
  std::string text;
  codec::Arena arena;
  Value root;
};

std::string text_of(const Value& value) { return value.is_string() ? std::string(value.as_string()) : std::string(); }

// A value with sorted keys and without undefined: what both sides must agree on.
void show(std::string& out, const Value& value) {
  if (value.is_object()) {
    std::map<std::string, Value> members;
    for (const auto& member : value.members()) {
      if (!member.value.is_undefined()) members.insert_or_assign(std::string(member.key), member.value);
    }
    out += '{';
    for (const auto& [key, member] : members) {
      out += key + ':';
      show(out, member);
      out += ' ';
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const Value& element : value.elements()) {
      show(out, element);
      out += ' ';
    }
    out += ']';
  } else if (value.is_binary()) {
    out += '<' + hex(value.as_string()) + '>';
  } else {
    codec::JsonWriter writer(out);
    writer.value(value);
  }
}

// Ids differ from run to run; MessagePack maps have no order.
std::string normalized(const std::string& message) {
  static const std::regex id("\"(sid|pid)\":\\s*\"[-_A-Za-z0-9]{20}\"");
  if (!message.starts_with("b:")) return std::regex_replace(message, id, "\"$1\":\"<id>\"");
  const std::string bytes = unhex(message.substr(2));
  codec::Arena arena;
  const auto value = codec::parse_msgpack(bytes, arena);
  if (!value.has_value() || !value->is_object()) return message;
  std::string shown;
  show(shown, *value);
  static const std::regex shown_id("(sid|pid):\"[-_A-Za-z0-9]{20}\"");
  return std::regex_replace(shown, shown_id, "$1:\"<id>\"");
}

void write_all(codec::ValueWriter& writer, std::span<const Value> values) {
  for (const Value& value : values) writer.value(value);
}

// The application that the captures were made with.
struct Scenario {
  void install(World& world) {
    world.server->set_adapter(std::make_unique<MemoryAdapter>(*world.server));
    world.nsp().use([](Peer& peer, socketio::Admission admission) {
      codec::Arena arena;
      const std::string token = text_of(peer.auth(arena)["token"]);
      if (token == "bad") return admission.refuse("not authorized", R"({"code":"E_AUTH","retry":false})");
      if (token == "plainerr") return admission.refuse("nope");
      admission.accept();
    });
    install(world.nsp());
    install(world.nsp("/admin"));
    install(world.server->hub(0).of_dynamic([](std::string_view name, const Value&) {
      return std::regex_match(std::string(name), std::regex("/dyn-\\d+"));
    }));
  }

  void install(socketio::NativeNamespace& nsp) {
    nsp.on_event("echo", [](Peer& peer, IncomingEvent& event) {
      const auto all = event.arguments();
      socket(peer).emit("echo-back", all.size(), [all](codec::ValueWriter& writer) { write_all(writer, all); });
    });
    nsp.on_event("hello", [](Peer& peer, IncomingEvent& event) {
      const auto all = event.arguments();
      peer.send(socketio::encode_ack(peer.form(), peer.nsp(), *event.ack_id(), all.size(),
                                     [all](codec::ValueWriter& writer) { write_all(writer, all); }));
    });
    nsp.on_event("askme", [](Peer& peer, IncomingEvent&) {
      ask(peer, "question", [](codec::ValueWriter& writer) { writer.string("q"); });
    });
    nsp.on_event("askbin", [](Peer& peer, IncomingEvent&) {
      ask(peer, "questionbin", [](codec::ValueWriter& writer) { writer.binary("\x09\x08\x07"); });
    });
    nsp.on_event("bcast", [](Peer& peer, IncomingEvent&) {
      socketio::WriteArguments write = [](codec::ValueWriter& writer) {
        writer.begin_object(1);
        writer.field("a", std::int64_t{1});
        writer.end_object();
        writer.binary("\x01\x02");
      };
      socket(peer).name_space().hub().server().adapter().broadcast({"/", "to-all", 2, write}, {}, {});
    });
    nsp.on_event("vol", [](Peer& peer, IncomingEvent&) {
      socket(peer).emit("volatile-ev", 1, [](codec::ValueWriter& writer) { writer.integer(1); }, {.volatile_ = true});
    });
    nsp.on_event("kickme", [](Peer& peer, IncomingEvent&) { peer.disconnect(false); });
    nsp.on_event("kickall", [](Peer& peer, IncomingEvent&) { peer.disconnect(true); });
    nsp.on_disconnect([this](Peer& peer, DisconnectReason reason) {
      ends.push_back(std::string(peer.nsp()) + " " + std::string(to_string(reason)));
    });
  }
  static Socket& socket(Peer& peer) { return static_cast<Socket&>(peer); }
  static void ask(Peer& peer, std::string_view name, socketio::WriteArguments write) {
    socket(peer).emit_with_ack(
        name, 1, std::move(write),
        [keep = socketio::SocketRef(&socket(peer))](socketio::AckError, std::span<const Value> all) {
          keep->emit("answered", all.size(), [all](codec::ValueWriter& writer) { write_all(writer, all); });
        },
        std::nullopt);
  }

  std::vector<std::string> ends;
};

// The Socket.IO messages of a step as a client sends or gets them; nullopt: another kind of vector.
std::optional<std::string> message_of(const Value& vector) {
  if (text_of(vector["kind"]) != "ws") return std::nullopt;
  const auto opcode = vector["ws"]["opcode"].as_integer();
  const std::string bytes = unhex(text_of(vector["bytes"]));
  if (opcode == 2) return "b:" + hex(bytes);
  if (opcode != 1 || bytes.empty() || bytes[0] != '4') return std::nullopt;
  return bytes.substr(1);
}

struct Replay {
  explicit Replay(World& replay_world) : world(replay_world) {}
  void step(const Value& step) {
    for (const Value& vector : step["vectors"].elements()) {
      const auto number = vector["conn"].as_integer();
      if (!clients.contains(number)) clients[number] = &world.client();
      Client& client = *clients[number];
      const auto message = message_of(vector);
      const bool is_sent = text_of(vector["direction"]) == "client->server";
      const std::string name = text_of(vector["name"]);
      if (!message) {
        const bool is_close = text_of(vector["kind"]) == "ws" && vector["ws"]["opcode"].as_integer() == 8;
        if (is_close && is_sent) client.drop();
        if (is_close && !is_sent) {
          EXPECT_TRUE(client.closed()) << name;
        }
      } else if (is_sent) {
        message->starts_with("b:") ? client.binary(unhex(message->substr(2))) : client.text(*message);
      } else {
        auto& waiting = unread(client);
        ASSERT_FALSE(waiting.empty()) << name << " expects " << *message;
        EXPECT_EQ(normalized(waiting.front()), normalized(*message)) << name;
        waiting.erase(waiting.begin());
        ++compared;
      }
    }
  }
  // Everything that was sent has been compared.
  void expect_nothing_unread() {
    for (const auto& [number, client] : clients) EXPECT_THAT(unread(*client), ::testing::IsEmpty());
  }
  std::vector<std::string>& unread(Client& client) {
    auto& waiting = inbox[&client];
    for (auto& message : client.take()) waiting.push_back(std::move(message));
    return waiting;
  }

  World& world;
  std::map<std::int64_t, Client*> clients;
  std::map<Client*, std::vector<std::string>> inbox;
  int compared = 0;
};

void replay(const std::string& file, int messages) {
  const Vectors vectors(file);
  Scenario scenario;  // outlives the world, whose end it still hears of
  World world;
  scenario.install(world);
  Replay replay(world);
  for (const Value& step : vectors.root["steps"].elements()) {
    SCOPED_TRACE(text_of(step["step"]));
    if (text_of(step["step"]) != "server-shutdown") {
      replay.step(step);
      replay.expect_nothing_unread();
      continue;
    }
    // The frames of this step are the client's CONNECT, our answer, and the close.
    Client& client = world.client();
    replay.clients[step["vectors"].elements().front()["conn"].as_integer()] = &client;
    const bool msgpack = file.find("msgpack") != std::string::npos;
    msgpack ? client.binary(unhex("83a47479706500a464617461d40000a36e7370a12f")) : client.text("0");
    EXPECT_EQ(client.take().size(), 1u);
    world.server->shut_down([] {});
    world.turn();
    EXPECT_TRUE(client.closed());
    EXPECT_TRUE(client.take().empty()) << "nothing is said at shutdown";
  }
  EXPECT_EQ(replay.compared, messages);
  std::vector<std::string> expected;
  for (const Value& end : vectors.root["serverDisconnectReasons"].elements()) {
    const auto parts = end.elements();
    if (text_of(parts[0]) != "client") expected.push_back(text_of(parts[0]) + " " + text_of(parts[2]));
  }
  // The capture did not watch the dynamic namespace.
  std::erase_if(scenario.ends, [](const std::string& line) { return line.starts_with("/dyn"); });
  EXPECT_EQ(scenario.ends, expected);
}

TEST(CapturedExchange, DefaultParser) { replay("ws-default-parser.json", 41); }
TEST(CapturedExchange, MsgpackParser) { replay("ws-msgpack-parser.json", 32); }

// What the sockets of edge-cases-ws.json saw.
struct Witness {
  void watch(socketio::NativeNamespace& nsp) {
    nsp.on_any_event([this](Peer& peer, IncomingEvent& event) {
      if (event.name() == "hello") answer(peer, event);
      std::string shown = "event:[";
      auto& incoming = static_cast<socketio::Incoming&>(event);
      if (incoming.has_name()) {
        const bool numeric = event.name().find_first_not_of("0123456789") == std::string_view::npos;
        shown += numeric ? std::string(event.name()) : '"' + std::string(event.name()) + '"';
      }
      for (const Value& argument : event.arguments()) {
        if (shown.back() != '[') shown += ',';
        show_as_node(shown, argument);
      }
      if (event.ack_id()) shown += shown.back() == '[' ? "\"<ack>\"" : ",\"<ack>\"";
      lines.push_back(shown + "]");
    });
    nsp.on_error([this](Peer&, std::string_view) { lines.emplace_back("error"); });
    nsp.on_disconnect(
        [this](Peer&, DisconnectReason reason) { lines.push_back("disconnect:" + std::string(to_string(reason))); });
  }
  static void answer(Peer& peer, IncomingEvent& event) {
    if (!event.ack_id()) return;
    peer.send(socketio::encode_ack(peer.form(), peer.nsp(), *event.ack_id(), 1,
                                   [](codec::ValueWriter& writer) { writer.string("r1"); }));
  }
  static void show_as_node(std::string& out, const Value& value) {
    if (value.is_binary()) {
      out += R"({"type":"Buffer","data":[)";
      for (std::size_t i = 0; i < value.as_string().size(); ++i) {
        out += (i > 0 ? "," : "") + std::to_string(static_cast<unsigned char>(value.as_string()[i]));
      }
      out += "]}";
      return;
    }
    codec::JsonWriter writer(out);
    writer.value(value);
  }
  std::vector<std::string> lines;
};

// The last of several equal keys counts; our reader keeps them all, and so does what is printed here.
const std::map<std::string, std::string> kShownOtherwise{
    {"duplicate keys", R"(event:["a",{"k":1,"k":2}])"},
};

TEST(CapturedExchange, EveryOddPacketHasTheOutcomeOfTheNodeServer) {
  const Vectors vectors("edge-cases-ws.json");
  int cases = 0;
  for (const Value& odd : vectors.root["socketio"].elements()) {
    const std::string name = text_of(odd["name"]);
    SCOPED_TRACE(name);
    ++cases;
    Witness witness;  // outlives the world, whose end it still hears of
    World world;
    witness.watch(world.nsp());
    witness.watch(world.nsp("/custom"));
    Client& client = world.client();
    if (odd["connectedFirst"].as_boolean()) client.connect();
    for (const Value& sent : odd["sent"].elements()) {
      if (sent.is_object()) {
        client.binary(unhex(text_of(sent["bin"])));
      } else if (sent.is_string()) {
        client.text(sent.as_string().substr(1));
      }
    }
    if (name == "connect twice back to back") {  // Node lets it pass while the first is on its way
      EXPECT_TRUE(client.closed());
      witness.lines.clear();
      continue;
    }
    EXPECT_EQ(client.closed(), !odd["closedCode"].is_null());
    std::vector<std::string> expected;
    for (const Value& line : odd["serverEvents"].elements()) {
      const std::string text = text_of(line);
      if (text == "error:undefined") continue;  // an artefact of an event that is named error
      expected.push_back(text.starts_with("error:") ? "error" : text);
    }
    if (const auto at = kShownOtherwise.find(name); at != kShownOtherwise.end()) expected = {at->second};
    EXPECT_EQ(witness.lines, expected);
    const auto answers = client.take();
    const auto wanted = odd["received"].elements();
    ASSERT_EQ(answers.size(), wanted.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const std::regex id("[-_A-Za-z0-9]{20}\"\\}$");
      EXPECT_EQ("4" + std::regex_replace(answers[i], id, "<sid>\"}"), text_of(wanted[i]));
    }
  }
  EXPECT_EQ(cases, 53);
}

}  // namespace
}  // namespace tutti::adapter
