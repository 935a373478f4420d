// server/metrics_setup.hpp: what /metrics shows: the statistics of every layer under their public names
// (docs/OPERATIONS.md, "Metrics").
#pragma once

#include "documents/stats.hpp"
#include "metrics/registry.hpp"
#include "server/gatekeeper.hpp"
#include "server/socketio_server.hpp"

namespace tutti::server {

void add_transport_metrics(metrics::Registry& registry, SocketIoServer& server);
void add_document_metrics(metrics::Registry& registry, const documents::Stats& stats);
void add_gate_metrics(metrics::Registry& registry, const GateStats& stats);
// The version as a label, so that a dashboard sees deployments.
void add_build_info(metrics::Registry& registry, const std::string& server_id);

}  // namespace tutti::server
