#include "net/http_server.hpp"

#include <vector>

#include "net/http_connection.hpp"

namespace tutti::net {

HttpServer::HttpServer(Shard& shard, HttpHandler& handler, Stats& stats, HttpLimits limits)
    : shard_(shard), handler_(handler), stats_(stats), limits_(limits) {}

HttpServer::~HttpServer() {
  const auto connections = std::move(connections_);
  for (const auto& connection : connections) connection->destroy();
}

void HttpServer::accept(Stream& stream) {
  const auto connection = std::make_shared<HttpConnection>(*this);
  connections_.insert(connection);
  connection->start(stream);
}

void HttpServer::take_over(std::unique_ptr<HttpTransfer> transfer) {
  const auto connection = std::make_shared<HttpConnection>(*this);
  connections_.insert(connection);
  connection->resume(std::move(transfer));
}

void HttpServer::drain() {
  draining_ = true;
  const std::vector<std::shared_ptr<HttpConnection>> connections(connections_.begin(), connections_.end());
  for (const auto& connection : connections) connection->drain();
}

const std::string& HttpServer::date() {
  const std::int64_t seconds = shard_.scheduler().wall_time_ms() / 1000;
  if (seconds != date_seconds_) {
    date_seconds_ = seconds;
    date_ = codec::http_date(seconds);
  }
  return date_;
}

}  // namespace tutti::net
