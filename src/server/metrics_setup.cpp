#include "server/metrics_setup.hpp"

#include "server/version.hpp"

namespace tutti::server {
namespace {

using metrics::Labels;
using metrics::Registry;

void add(Registry& registry, std::string name, std::string help, const net::Counter& counter, Labels labels = {}) {
  registry.add_counter({std::move(name), std::move(help), std::move(labels)},
                       [&counter] { return static_cast<double>(counter.get()); });
}

void add_level(Registry& registry, std::string name, std::string help, const net::Counter& counter) {
  registry.add_gauge({std::move(name), std::move(help)}, [&counter] { return static_cast<double>(counter.get()); });
}

void add_net(Registry& registry, const net::Stats& stats) {
  add_level(registry, "tutti_tcp_connections", "TCP connections now.", stats.connections_open);
  add(registry, "tutti_tcp_connections_total", "TCP connections accepted.", stats.connections_total);
  add(registry, "tutti_tcp_accept_failures_total", "Times that accepting paused for want of descriptors or memory.",
      stats.accept_failures);
  add(registry, "tutti_tcp_received_bytes_total", "Bytes read from sockets.", stats.bytes_received);
  add(registry, "tutti_tcp_sent_bytes_total", "Bytes written to sockets.", stats.bytes_sent);
  add(registry, "tutti_tcp_sends_total", "System calls that wrote.", stats.sends);
  add(registry, "tutti_tcp_sends_blocked_total", "Writes that a slow peer did not take at once.", stats.sends_blocked);
  add(registry, "tutti_http_requests_total", "HTTP requests.", stats.http_requests);
  add(registry, "tutti_http_errors_total", "HTTP requests that were refused.", stats.http_rejected,
      {{"kind", "rejected"}});
  add(registry, "tutti_http_errors_total", "HTTP requests that were refused.", stats.http_timeouts,
      {{"kind", "timeout"}});
  add(registry, "tutti_tcp_hand_overs_total", "Connections that moved to the worker of their session.",
      stats.hand_overs);
}

void add_engineio(Registry& registry, const engineio::Stats& stats) {
  registry.add_gauge({"tutti_connections", "Engine.IO sessions now.", {{"transport", "websocket"}}},
                     [&stats] { return static_cast<double>(stats.sessions_websocket.get()); });
  registry.add_gauge({"tutti_connections", "Engine.IO sessions now.", {{"transport", "polling"}}}, [&stats] {
    return static_cast<double>(stats.sessions_open.get()) - static_cast<double>(stats.sessions_websocket.get());
  });
  add(registry, "tutti_connections_total", "Engine.IO sessions opened.", stats.sessions_total);
  add(registry, "tutti_upgrades_total", "Upgrades from polling to WebSocket.", stats.upgrades, {{"result", "done"}});
  add(registry, "tutti_upgrades_total", "Upgrades from polling to WebSocket.", stats.upgrades_failed,
      {{"result", "failed"}});
  add(registry, "tutti_messages_total", "Engine.IO messages.", stats.messages_received, {{"direction", "in"}});
  add(registry, "tutti_messages_total", "Engine.IO messages.", stats.messages_sent, {{"direction", "out"}});
  add(registry, "tutti_pings_total", "Heartbeats sent.", stats.pings_sent);
  add(registry, "tutti_dropped_total", "Volatile messages that were dropped.", stats.volatile_dropped,
      {{"layer", "engineio"}});
  add(registry, "tutti_buffer_overflows_total", "Sessions closed because too much waited to be sent.",
      stats.buffer_overflows);
  for (std::size_t i = 0; i < stats.closed.size(); ++i) {
    add(registry, "tutti_disconnections_total", "Engine.IO sessions closed, by reason.", stats.closed[i],
        {{"reason", std::string(engineio::to_string(static_cast<engineio::CloseReason>(i)))}});
  }
  for (std::size_t i = 0; i < stats.refused.size(); ++i) {
    add(registry, "tutti_engineio_errors_total", "Handshakes and requests refused, by Engine.IO error code.",
        stats.refused[i], {{"code", std::to_string(i)}});
  }
}

void add_socketio(Registry& registry, const socketio::Stats& stats) {
  registry.add({"tutti_sockets", "Sockets connected to a namespace now."}, stats.sockets);
  registry.add({"tutti_socket_connects_total", "CONNECT packets, by outcome.", {{"result", "accepted"}}},
               stats.connects);
  registry.add({"tutti_socket_connects_total", "CONNECT packets, by outcome.", {{"result", "refused"}}},
               stats.connects_refused);
  registry.add({"tutti_socket_connects_total", "CONNECT packets, by outcome.", {{"result", "recovered"}}},
               stats.connects_recovered);
  registry.add({"tutti_socket_connects_total", "CONNECT packets, by outcome.", {{"result", "timeout"}}},
               stats.connect_timeouts);
  registry.add({"tutti_events_received_total", "Socket.IO events received."}, stats.events_received);
  registry.add({"tutti_events_unhandled_total", "Events that nothing listens to."}, stats.events_unhandled);
  registry.add({"tutti_acks_received_total", "Acknowledgements received."}, stats.acks_received);
  registry.add({"tutti_packets_sent_total", "Socket.IO packets sent, one a recipient."}, stats.packets_sent);
  registry.add({"tutti_broadcasts_total", "Broadcasts, one a worker."}, stats.broadcasts);
  registry.add({"tutti_dropped_total", "Volatile messages that were dropped.", {{"layer", "socketio"}}},
               stats.volatile_dropped);
  const auto error = [&](const char* kind, const metrics::Counter& counter) {
    registry.add({"tutti_errors_total", "Errors by kind.", {{"kind", kind}}}, counter);
  };
  error("parse_error", stats.parse_errors);
  error("slow_consumer", stats.slow_consumers);
  error("handler", stats.handler_errors);
  for (std::size_t i = 0; i < stats.disconnects.size(); ++i) {
    registry.add({"tutti_socket_disconnects_total",
                  "Sockets that left a namespace, by reason.",
                  {{"reason", std::string(socketio::to_string(static_cast<socketio::DisconnectReason>(i)))}}},
                 stats.disconnects[i]);
  }
}

}  // namespace

void add_transport_metrics(Registry& registry, SocketIoServer& server) {
  for (std::uint32_t worker = 0; worker < server.workers(); ++worker) {
    add_net(registry, server.net_stats(worker));
    add_engineio(registry, server.engineio(worker).stats());
    add_socketio(registry, server.io().hub(worker).stats());
  }
  registry.add_gauge({"tutti_workers", "Worker threads."}, [n = server.workers()] { return n; });
}

void add_document_metrics(Registry& registry, const documents::Stats& stats) {
  registry.add({"tutti_operations_total", "Operations committed."}, stats.operations);
  registry.add({"tutti_revisions_total", "Revisions committed, one a flush."}, stats.revisions);
  registry.add({"tutti_operation_duplicates_total", "Operations that were committed or waiting already."},
               stats.duplicates);
  registry.add({"tutti_append_conflicts_total", "Appends that lost the race for a version."}, stats.conflicts);
  registry.add({"tutti_foreign_revisions_total", "Revisions of other servers, read from the log."},
               stats.foreign_revisions);
  registry.add({"tutti_append_failures_total", "Appends that the store could not do."}, stats.appends_unavailable);
  registry.add({"tutti_hook_changes_total", "Operations that a hook changed."}, stats.hook_changes);
  const auto delivery = [&](const char* kind, const metrics::Counter& counter) {
    registry.add({"tutti_deliveries_total", "What members were sent, one a member.", {{"kind", kind}}}, counter);
  };
  delivery("update", stats.updates);
  delivery("acknowledgement", stats.acknowledgements);
  delivery("catch_up", stats.catch_ups);
  delivery("content", stats.wholes);
  delivery("presence", stats.presence_messages);
  registry.add({"tutti_presence_dropped_total", "Presence that was bad or too late."}, stats.presence_dropped);
  registry.add({"tutti_document_loads_total", "Documents read from the store."}, stats.loads);
  registry.add({"tutti_document_unloads_total", "Documents dropped from memory."}, stats.unloads);
  registry.add({"tutti_snapshots_total", "Snapshots written."}, stats.snapshots);
  registry.add({"tutti_epochs_renewed_total", "Documents whose history was found incomplete."}, stats.epochs_renewed);
  registry.add({"tutti_documents_open", "Documents in memory now."}, stats.open_documents);
  registry.add({"tutti_document_members", "Connections with a document open, one a document."}, stats.members);
  registry.add({"tutti_slow_members", "Members that are sent nothing until they have caught up."}, stats.slow_members);
  registry.add({"tutti_rooms", "Rooms now."}, stats.rooms);
  for (std::size_t i = 0; i < stats.refusals.size(); ++i) {
    registry.add({"tutti_refusals_total",
                  "Requests that were refused, by error code.",
                  {{"code", std::string(documents::to_string(static_cast<documents::ErrorCode>(i)))}}},
                 stats.refusals[i]);
  }
  registry.add({"tutti_flush_operations", "Operations of one revision."}, stats.flush_operations);
  registry.add({"tutti_commit_seconds", "Time from the arrival of an operation to its commit."}, stats.commit_seconds);
}

void add_gate_metrics(Registry& registry, const GateStats& stats) {
  const auto error = [&](const char* kind, const metrics::Counter& counter) {
    registry.add({"tutti_errors_total", "Errors by kind.", {{"kind", kind}}}, counter);
  };
  error("unauthenticated", stats.unauthenticated);
  error("too_many_connections", stats.too_many_connections);
  error("token_expired", stats.expired);
}

void add_build_info(Registry& registry, const std::string& server_id) {
  registry.add_gauge({"tutti_build_info", "Always 1.", {{"version", kVersion}, {"server_id", server_id}}},
                     [] { return 1.0; });
}

}  // namespace tutti::server
