// cluster: one event, "control", whose operations are done through the server's own API; the acceptance runs of mixed
// clusters are driven by it.
#include <tutti/server.h>

#include <functional>
#include <map>
#include <stdexcept>

#include "modes.hpp"

namespace conformance {
namespace {

using std::chrono::milliseconds;
using tutti::Ack;
using tutti::Answer;
using tutti::json;
using tutti::Socket;

constexpr int kAckTimeoutMs = 1000;

// One operation: who asked, what for, and the namespace that it concerns.
struct Call {
  Socket socket;
  json message;
  tutti::Namespace nsp;
  Ack ack;

  std::vector<std::string> names(const char* field) const { return message.value(field, std::vector<std::string>()); }
  json flag(const char* name) const { return message.value("flags", json::object()).value(name, json()); }
  milliseconds timeout() const {
    const json given = flag("timeout");
    return milliseconds(given.is_number() ? given.get<int>() : kAckTimeoutMs);
  }
  // The sockets that are meant, and how.
  tutti::Broadcast target() const {
    const bool by_socket = message.value("via", "") == "socket";
    if (by_socket && socket.nsp() != nsp.name()) throw std::invalid_argument("via socket: another namespace");
    tutti::Broadcast selected = by_socket ? socket.broadcast() : nsp.compress(true);
    for (const std::string& room : names("rooms")) selected = std::move(selected).to(room);
    for (const std::string& room : names("except")) selected = std::move(selected).except(room);
    if (flag("local") == true) selected = std::move(selected).local();
    if (flag("volatile") == true) selected = std::move(selected).volatile_();
    if (flag("compress") == false) selected = std::move(selected).compress(false);
    return std::move(selected).timeout(timeout());
  }
  std::string event() const { return message.at("event").get<std::string>(); }
  json arguments() const { return message.value("args", json::array()); }
};

json responses_of(const Answer& answer) {
  json result{{"responses", answer.arguments()}};
  if (!answer) result["error"] = answer.error();
  return result;
}

// The number of arguments is known at run time only: each count has its call.
template <std::size_t... I, class Emit>
void spread(std::index_sequence<I...>, const json& arguments, Emit emit) {
  emit(arguments[I]...);
}
constexpr std::size_t kArgumentsMax = 8;
template <std::size_t Count = 0, class Emit>
void with_arguments(const json& arguments, Emit emit) {
  if constexpr (Count <= kArgumentsMax) {
    if (arguments.size() == Count) return spread(std::make_index_sequence<Count>(), arguments, emit);
    with_arguments<Count + 1>(arguments, emit);
  } else {
    throw std::invalid_argument("too many arguments");
  }
}

void emit(const Call& call) {
  with_arguments(call.arguments(), [&](const auto&... arguments) { call.target().emit(call.event(), arguments...); });
  call.ack(json{{"ok", true}});
}

void emit_with_ack(const Call& call) {
  with_arguments(call.arguments(), [&](const auto&... arguments) {
    call.target().emit(call.event(), arguments...,
                       [ack = call.ack](const Answer& answer) { ack(responses_of(answer)); });
  });
}

void remote_emit_with_ack(const Call& call) {
  const std::string id = call.message.at("id").get<std::string>();
  call.nsp.to(id).fetch_sockets([call](const std::vector<tutti::RemoteSocket>& found, const std::string& error) {
    if (!error.empty()) return call.ack(json{{"error", error}});
    if (found.empty()) return call.ack(json{{"fail", "no such socket"}});
    with_arguments(call.arguments(), [&](const auto&... arguments) {
      call.nsp.to(found.front().id)
          .timeout(call.timeout())
          .emit(call.event(), arguments..., [ack = call.ack](const Answer& answer) {
            if (!answer) return ack(json{{"error", answer.error()}});
            ack(json{{"response", answer[0]}});
          });
    });
  });
}

void fetch_sockets(const Call& call) {
  call.target().fetch_sockets([ack = call.ack](std::vector<tutti::RemoteSocket> found, const std::string& error) {
    if (!error.empty()) return ack(json{{"error", error}});
    json sockets = json::array();
    for (tutti::RemoteSocket& socket : found) {
      sockets.push_back({{"id", std::move(socket.id)},
                         {"rooms", std::move(socket.rooms)},
                         {"data", std::move(socket.data)},
                         {"handshake", std::move(socket.handshake)}});
    }
    ack(json{{"sockets", std::move(sockets)}});
  });
}

void all_rooms(const Call& call) {
  call.nsp.all_rooms([ack = call.ack](const std::vector<std::string>& rooms, const std::string& error) {
    error.empty() ? ack(json{{"rooms", rooms}}) : ack(json{{"error", error}});
  });
}

void server_side_emit(const Call& call) {
  with_arguments(call.arguments(),
                 [&](const auto&... arguments) { call.nsp.server_side_emit(call.event(), arguments...); });
  call.ack(json{{"ok", true}});
}

void server_side_emit_with_ack(const Call& call) {
  with_arguments(call.arguments(), [&](const auto&... arguments) {
    call.nsp.server_side_emit(call.event(), arguments...,
                              [ack = call.ack](const Answer& answer) { ack(responses_of(answer)); });
  });
}

void who_am_i(const Call& call, const Flags& flags) {
  call.ack(json{{"name", flags.server_name},
                {"make", "tutti"},
                {"adapter", flags.adapter},
                {"mode", nullptr},
                {"key", flags.key},
                {"specificResponse", flags.specific_response},
                {"requestsTimeout", flags.requests_timeout},
                {"id", std::string(call.socket.id())},
                {"rooms", call.socket.rooms()}});
}

void own_rooms(const Call& call, bool join) {
  for (const std::string& name : call.names("names")) join ? call.socket.join(name) : call.socket.leave(name);
  call.ack(json{{"rooms", call.socket.rooms()}});
}

using Operation = std::function<void(const Call&)>;
std::map<std::string, Operation> operations(const Flags& flags) {
  const json ok{{"ok", true}};
  return {
      {"emit", emit},
      {"emit-with-ack", emit_with_ack},
      {"remote-emit-with-ack", remote_emit_with_ack},
      {"fetch-sockets", fetch_sockets},
      {"all-rooms", all_rooms},
      {"server-side-emit", server_side_emit},
      {"server-side-emit-with-ack", server_side_emit_with_ack},
      {"sockets-join", [ok](const Call& call) { call.target().sockets_join(call.names("names")), call.ack(ok); }},
      {"sockets-leave", [ok](const Call& call) { call.target().sockets_leave(call.names("names")), call.ack(ok); }},
      {"disconnect-sockets",
       [ok](const Call& call) {
         call.target().disconnect_sockets(call.message.value("close", false));
         call.ack(ok);
       }},
      {"set-data",
       [ok](const Call& call) {
         call.socket.data() = call.message.at("data");
         call.ack(ok);
       }},
      {"join", [](const Call& call) { own_rooms(call, true); }},
      {"leave", [](const Call& call) { own_rooms(call, false); }},
      {"whoami", [flags](const Call& call) { who_am_i(call, flags); }},
  };
}

using Reply = std::function<void(json)>;
// Tells the own clients, then answers where an answer is asked for.
void listen_to_servers(tutti::Namespace nsp, const std::string& name,
                       const std::map<std::string, std::function<void(const json& arguments, const Reply&)>>& answers) {
  for (const auto& [event, answer] : answers) {
    nsp.on_server_side(event, [nsp, name, event = event, answer = answer](const json& arguments, const Reply& reply) {
      nsp.local().emit("server-event", arguments, event, name);
      if (reply) answer(arguments, reply);
    });
  }
}

void serve_namespace(tutti::Server& io, tutti::Namespace nsp, const Flags& flags) {
  const std::string name = flags.server_name;
  listen_to_servers(nsp, name,
                    {{"sse", [](const json&, const Reply&) {}},
                     {"sse-ack",
                      [name](const json& arguments, const Reply& reply) {
                        reply({{"server", name}, {"args", arguments}});
                      }},
                     {"sse-double",
                      [name](const json&, const Reply& reply) {
                        reply(name);
                        reply(name + " again");
                      }},
                     {"sse-void", [](const json&, const Reply& reply) { reply(nullptr); }},
                     {"sse-silent", [name](const json& arguments, const Reply& reply) {
                        if (arguments.size() < 2 || arguments[1] != name) reply(name);
                      }}});
  nsp.on("control", [&io, nsp, known = operations(flags)](Socket socket, json message, Ack ack) {
    try {
      const auto operation = known.find(message.at("op").get<std::string>());
      if (operation == known.end()) throw std::invalid_argument("unknown operation");
      const std::string where = message.value("namespace", std::string(nsp.name()));
      if (where != "/" && where != "/chat") throw std::invalid_argument("unknown namespace");
      operation->second({socket, message, io.of(where), ack});
    } catch (const std::exception& error) {
      ack(json{{"fail", error.what()}});
    }
  });
}

}  // namespace

int run_cluster(const Flags& flags) {
  tutti::Options options;
  options.cors.origins = {"*"};
  apply(flags, options);
  tutti::Server io(options);
  serve_namespace(io, io, flags);
  serve_namespace(io, io.of("/chat"), flags);
  print_ready(flags.host, io.listen(flags.port, flags.host));
  wait_for_signal();
  io.stop(std::chrono::seconds(2));
  return 0;
}

}  // namespace conformance
