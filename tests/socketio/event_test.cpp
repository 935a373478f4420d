// Events, acknowledgements, attachments and backpressure: socketio.md, section 3.
#include <gmock/gmock.h>

#include "codec/json.hpp"
#include "socketio/ack_id.hpp"
#include "socketio/world.hpp"

namespace tutti::socketio {
namespace {

using test::Client;
using test::number_argument;
using test::text_argument;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One connected client and its socket.
struct One {
  explicit One(Options options = {}) : world(std::move(options)), client(world.client()) {
    client.connect();
    socket = SocketRef(world.socket(client.sid_in_namespace));
  }
  World world;
  Client& client;
  SocketRef socket;
};

std::string as_json(std::span<const codec::Value> values) {
  std::string text;
  std::vector<std::string_view> binaries;
  codec::JsonWriter writer(text, &binaries);
  writer.value(codec::Value::array(values));
  for (const auto bytes : binaries) text += " " + test::hex(bytes);
  return text;
}

TEST(Event, GoesToTheHandlerOfItsName) {
  One one;
  std::vector<std::string> seen;
  one.world.nsp().on_event("a",
                           [&](Peer&, IncomingEvent& event) { seen.push_back("a " + as_json(event.arguments())); });
  one.world.nsp().on_any_event(
      [&](Peer&, IncomingEvent& event) { seen.push_back("any " + std::string(event.name())); });
  one.client.text(R"(2["a",1,{"b":[true,null]}])");
  one.client.text(R"(2["b"])");
  EXPECT_THAT(seen, ElementsAre(R"(a [1,{"b":[true,null]}])", "any b"));
  EXPECT_EQ(one.world.stats().events_received.value(), 2u);
}

TEST(Event, WithoutAHandlerIsCounted) {
  One one;
  one.client.text(R"(2["a"])");
  EXPECT_EQ(one.world.stats().events_unhandled.value(), 1u);
  EXPECT_FALSE(one.client.closed());
}

TEST(Event, GivesArgumentsAsTheBytesThatCameIn) {
  One one;
  std::vector<std::string> raw;
  one.world.nsp().on_any_event([&](Peer&, IncomingEvent& event) {
    for (std::size_t i = 0; i <= event.size(); ++i) raw.emplace_back(event.raw_argument(i));
  });
  one.client.text(R"(2["a", {"k" : 1.50e1} ,"x"])");
  EXPECT_THAT(raw, ElementsAre(R"({"k" : 1.50e1})", R"("x")", ""));
}

TEST(Event, HoldsItsAttachmentsInTheirPlaces) {
  One one;
  std::vector<std::string> seen;
  one.world.nsp().on_any_event([&](Peer&, IncomingEvent& event) {
    EXPECT_EQ(event.raw_argument(0), "");
    seen.push_back(as_json(event.arguments()));
  });
  one.client.text(R"(52-["a",{"x":{"_placeholder":true,"num":1}},[{"_placeholder":true,"num":0},"y"]])");
  one.client.binary("\x01");
  EXPECT_THAT(seen, IsEmpty());
  one.client.binary("\x02");
  EXPECT_THAT(seen, ElementsAre(R"([{"x":{"_placeholder":true,"num":0}},[{"_placeholder":true,"num":1},"y"]] 02 01)"));
}

TEST(Event, APlaceholderWithoutAttachmentsIsAnOrdinaryObject) {
  One one;
  std::vector<std::string> seen;
  one.world.nsp().on_any_event([&](Peer&, IncomingEvent& event) { seen.push_back(as_json(event.arguments())); });
  one.client.text(R"(2["a",{"_placeholder":true,"num":0}])");
  EXPECT_THAT(seen, ElementsAre(R"([{"_placeholder":true,"num":0}])"));
}

TEST(Event, AnAttachmentThatNobodyNamesIsDropped) {
  One one;
  std::vector<std::string> seen;
  one.world.nsp().on_any_event([&](Peer&, IncomingEvent& event) { seen.push_back(as_json(event.arguments())); });
  one.client.text(R"(51-["a"])");
  one.client.binary("\x01");
  EXPECT_THAT(seen, ElementsAre("[]"));
}

TEST(Attachments, OutOfPlaceTheyCloseTheConnection) {
  const std::vector<std::vector<std::string>> odd{{R"(51-["a",{"_placeholder":true,"num":0}])", R"(2["b"])"},
                                                  {"b:01"},
                                                  {R"(51-["a",{"_placeholder":true,"num":5}])", "b:01"},
                                                  {R"(51-["a",{"_placeholder":true,"num":-1}])", "b:01"},
                                                  {R"(51-["a",{"_placeholder":true,"num":"0"}])", "b:01"},
                                                  {R"(51-["a",{"_placeholder":true,"num":0.5}])", "b:01"},
                                                  {R"(51-["a",{"_placeholder":true}])", "b:01"},
                                                  {R"(61-5[{"_placeholder":true,"num":1}])", "b:01"}};
  for (const auto& messages : odd) {
    One one;
    for (const std::string& message : messages) {
      if (message.starts_with("b:")) {
        one.client.binary(test::unhex(message.substr(2)));
      } else {
        one.client.text(message);
      }
    }
    EXPECT_TRUE(one.client.closed()) << messages.front();
  }
}

TEST(Attachments, APacketMayNotGrowWithoutLimit) {
  One one({.packet_bytes_max = 100});
  one.client.text(R"(53-["a"])");
  one.client.binary(std::string(60, 'x'));
  EXPECT_FALSE(one.client.closed());
  one.client.binary(std::string(60, 'x'));
  EXPECT_TRUE(one.client.closed());
}

TEST(Emit, GoesToThatClientAlone) {
  One one;
  Client& other = one.world.client();
  other.connect();
  one.world.on(0, [&] { one.socket->emit("news", 1, text_argument("x")); });
  EXPECT_THAT(one.client.take(), ElementsAre(R"(2["news","x"])"));
  EXPECT_THAT(other.take(), IsEmpty());
}

TEST(Emit, ToAClientThatHasGoneDoesNothing) {
  One one;
  one.client.drop();
  one.world.on(0, [&] {
    one.socket->emit("news", 0, nullptr);
    one.socket->send(engineio::Outgoing::text("2[\"x\"]"));
    one.socket->join("room");
    one.socket->leave("room");
    one.socket->disconnect(true);
    EXPECT_THAT(one.socket->rooms(), IsEmpty());
    EXPECT_FALSE(one.socket->in_room(one.socket->id()));
  });
  EXPECT_EQ(one.socket->id().size(), 20u);
  EXPECT_EQ(one.socket->nsp(), "/");
}

TEST(Ack, IdsCountForTheWholeNamespace) {
  One one;
  Client& other = one.world.client();
  other.connect();
  const auto ignore = [](AckError, std::span<const codec::Value>) {};
  one.world.on(0, [&] {
    one.socket->emit_with_ack("q", 0, nullptr, ignore, std::nullopt);
    one.world.socket(other.sid_in_namespace)->emit_with_ack("q", 0, nullptr, ignore, std::nullopt);
  });
  EXPECT_THAT(one.client.take(), ElementsAre(R"(20["q"])"));
  EXPECT_THAT(other.take(), ElementsAre(R"(21["q"])"));
}

struct Answers {
  std::vector<std::string> lines;
  AckCallback callback() {
    return [this](AckError error, std::span<const codec::Value> arguments) {
      lines.push_back(std::string(to_string(error)) + as_json(arguments));
    };
  }
};

TEST(Ack, IsCalledOnceWithTheArguments) {
  Answers answers;
  One one;
  one.world.on(0, [&] { one.socket->emit_with_ack("q", 0, nullptr, answers.callback(), std::nullopt); });
  one.client.text(R"(30["yes",2])");
  one.client.text(R"(30["again"])");
  one.client.text(R"(399["unknown"])");
  one.client.text(R"(3["without id"])");
  EXPECT_FALSE(one.client.closed());
  EXPECT_THAT(answers.lines, ElementsAre(R"(["yes",2])"));
}

TEST(Ack, MayHoldBytes) {
  Answers answers;
  One one;
  one.world.on(0, [&] { one.socket->emit_with_ack("q", 0, nullptr, answers.callback(), std::nullopt); });
  one.client.text(R"(61-0[{"_placeholder":true,"num":0},"ok"])");
  one.client.binary("\x07");
  EXPECT_THAT(answers.lines, ElementsAre(R"([{"_placeholder":true,"num":0},"ok"] 07)"));
}

TEST(Ack, TimesOutAndForgetsTheId) {
  Answers answers;
  One one;
  one.world.on(0,
               [&] { one.socket->emit_with_ack("q", 0, nullptr, answers.callback(), std::chrono::milliseconds(50)); });
  one.world.advance(std::chrono::milliseconds(49));
  EXPECT_THAT(answers.lines, IsEmpty());
  one.world.advance(std::chrono::milliseconds(1));
  EXPECT_THAT(answers.lines, ElementsAre("operation has timed out[]"));
  one.client.text(R"(30["late"])");
  EXPECT_EQ(answers.lines.size(), 1u);
}

TEST(Ack, FailsWhenTheClientGoes) {
  Answers answers;
  One one;
  one.world.on(0, [&] { one.socket->emit_with_ack("q", 0, nullptr, answers.callback(), std::chrono::seconds(1)); });
  one.client.drop();
  EXPECT_THAT(answers.lines, ElementsAre("socket has been disconnected[]"));
  one.world.on(0, [&] { one.socket->emit_with_ack("q", 0, nullptr, answers.callback(), std::nullopt); });
  EXPECT_EQ(answers.lines.size(), 2u);
  one.world.advance(std::chrono::seconds(2));
  EXPECT_EQ(answers.lines.size(), 2u);
}

TEST(Ack, SoManyMayBeOwed) {
  Answers answers;
  One one({.acks_max = 2});
  one.world.on(0, [&] {
    for (int i = 0; i < 3; ++i) one.socket->emit_with_ack("q", 0, nullptr, answers.callback(), std::nullopt);
  });
  EXPECT_THAT(answers.lines, ElementsAre("too many acknowledgements are pending[]"));
}

TEST(Ack, ACallbackMayEmitAndDisconnect) {
  int calls = 0;
  One one;
  one.world.on(0, [&] {
    one.socket->emit_with_ack(
        "q", 0, nullptr,
        [&](AckError, std::span<const codec::Value>) {
          ++calls;
          one.socket->emit_with_ack(
              "r", 0, nullptr, [&](AckError, std::span<const codec::Value>) { ++calls; }, std::nullopt);
          one.socket->disconnect(true);
        },
        std::nullopt);
  });
  one.client.text("30[]");
  EXPECT_EQ(calls, 2);
}

TEST(AckId, SaysNumbersAsJavaScriptDoes) {
  const auto shown = [](std::string_view text) {
    std::string out;
    const auto id = parse_ack_id(text);
    if (!id) return std::string("none");
    append_ack_id(out, *id);
    return out;
  };
  EXPECT_EQ(shown("0"), "0");
  EXPECT_EQ(shown("007"), "7");
  EXPECT_EQ(shown("9007199254740993"), "9007199254740992");
  EXPECT_EQ(shown("99999999999999999999"), "100000000000000000000");
  EXPECT_EQ(shown(" "), "0");
  EXPECT_EQ(shown(" 5\t"), "5");
  EXPECT_EQ(shown("5 5"), "none");
}

TEST(Volatile, IsDroppedWhenTheTransportIsBusy) {
  One one;
  one.client.buffered = 1;
  one.world.on(0, [&] {
    one.socket->emit("v", 0, nullptr, {.volatile_ = true});
    one.socket->emit("o", 0, nullptr);
  });
  EXPECT_THAT(one.client.take(), ElementsAre(R"(2["o"])"));
  EXPECT_EQ(one.world.stats().volatile_dropped.value(), 1u);
}

TEST(Compress, CanBeSwitchedOffForAnEvent) {
  One one;
  one.client.take();
  one.client.sent_compressed.clear();
  one.world.on(0, [&] {
    one.socket->emit("a", 0, nullptr, {.compress = false});
    one.socket->emit("b", 0, nullptr);
  });
  EXPECT_THAT(one.client.sent_compressed, ElementsAre(false, true));
}

TEST(Backpressure, ASlowConsumerIsDisconnected) {
  One one({.buffered_bytes_max = 1000});
  std::string reason;
  one.world.nsp().on_disconnect([&](Peer&, DisconnectReason why) { reason = to_string(why); });
  one.client.keeps_buffering = true;
  // One message may be larger than the limit.
  one.world.on(0, [&] { one.socket->emit("big", 1, text_argument(std::string(5000, 'x'))); });
  EXPECT_FALSE(one.client.closed());
  one.world.on(0, [&] {
    one.socket->emit("volatile", 0, nullptr, {.volatile_ = true});
    one.socket->emit("last", 0, nullptr);
    one.socket->emit("unheard", 0, nullptr);
  });
  one.world.turn();
  EXPECT_TRUE(one.client.closed());
  EXPECT_EQ(reason, "slow consumer");
  EXPECT_EQ(one.world.stats().slow_consumers.value(), 1u);
  EXPECT_EQ(one.world.stats().volatile_dropped.value(), 1u);
  EXPECT_EQ(one.client.take().size(), 1u);
}

TEST(Backpressure, OneSlowConsumerDoesNotHurtTheOthers) {
  One one({.buffered_bytes_max = 100});
  Client& other = one.world.client();
  other.connect();
  one.client.buffered = 1000;
  const auto packet = encode_event({.json = true}, "/", "news", 0, nullptr);
  one.world.on(0, [&] { one.world.nsp().deliver({}, packet, {}); });
  one.world.turn();
  EXPECT_TRUE(one.client.closed());
  EXPECT_THAT(other.take(), ElementsAre(R"(2["news"])"));
  EXPECT_EQ(one.world.nsp().size(), 1u);
}

TEST(Backpressure, DrainIsTold) {
  One one;
  int drained = 0;
  one.world.nsp().on_drain([&](Peer& peer) {
    EXPECT_EQ(peer.buffered_bytes(), 0u);
    ++drained;
  });
  one.client.drain();
  EXPECT_EQ(drained, 1);
}

TEST(Courier, BringsPacketsToWhoIsStillThere) {
  World world({}, 2);
  Client& here = world.client(0);
  Client& there = world.client(1);
  Client& gone = world.client(1);
  here.connect();
  there.connect();
  gone.connect();
  const auto handle = [&](Client& client, std::uint32_t worker) {
    return world.socket(client.sid_in_namespace, worker)->handle();
  };
  const SocketHandle gone_handle = handle(gone, 1);
  const SocketHandle there_handle = handle(there, 1);
  gone.drop();
  Client& newcomer = world.client(1);  // takes the place of the one that has gone, not its handle
  newcomer.connect();
  const auto packet = encode_event({.json = true}, "/", "update", 1, number_argument(1));
  world.server->send(1, {{packet, {there_handle.id, gone_handle.id}, {}}});
  world.turn();
  EXPECT_THAT(there.take(), ElementsAre(R"(2["update",1])"));
  EXPECT_THAT(newcomer.take(), IsEmpty());
  EXPECT_EQ(static_cast<NativeNamespace&>(world.nsp("/", 1)).find(gone_handle.id), nullptr);
}

TEST(Slots, LiveAsLongAsTheSocketAndAreFreedAfterTheDisconnectHook) {
  struct State final : SlotState {
    explicit State(std::vector<std::string>& lines) : journal(lines) {}
    ~State() override { journal.push_back("freed"); }
    std::vector<std::string>& journal;
  };
  std::vector<std::string> journal;
  {
    One one;
    one.socket->slot(Slot::documents) = std::make_unique<State>(journal);
    one.socket->set_user_id("alice");
    EXPECT_EQ(one.socket->user_id(), "alice");
    one.world.nsp().on_disconnect([&](Peer&, DisconnectReason) { journal.push_back("hook"); });
    one.client.drop();
    EXPECT_THAT(journal, ElementsAre("hook", "freed"));
  }
}

TEST(Handshake, IsDescribedAsNodeDoes) {
  One one;
  std::string text;
  codec::JsonWriter writer(text);
  one.world.on(0, [&] { write_handshake(writer, *one.socket); });
  const std::string expected =
      R"x({"headers":{"host":"localhost"},"time":"Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)",)x"
      R"x("address":"127.0.0.1","xdomain":false,"secure":false,"issued":1700000000123,)x"
      R"x("url":"/socket.io/?EIO=4&transport=websocket&a=1&b=x%20y&b=z",)x"
      R"x("query":{"EIO":"4","a":"1","b":["x y","z"],"transport":"websocket"},"auth":{}})x";
  EXPECT_EQ(text, expected);
}

}  // namespace
}  // namespace tutti::socketio
