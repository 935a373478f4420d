// net/http_server.hpp: HTTP/1.1 on the connections of one shard.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

#include "base/shard.hpp"
#include "codec/http1.hpp"
#include "net/http.hpp"
#include "net/stats.hpp"
#include "net/stream.hpp"

namespace tutti::net {

class HttpConnection;
struct HttpTransfer;

struct HttpLimits {
  codec::Http1Limits head;
  Duration head_timeout = std::chrono::seconds(10);       // from the first byte of a request to the end of its head
  Duration body_timeout = std::chrono::seconds(30);       // between two pieces of a body
  Duration keep_alive_timeout = std::chrono::seconds(5);  // between two requests; as Node says in Keep-Alive
  std::size_t pipelined_bytes_max = 64 * 1024;            // read ahead while a request is being answered
  std::size_t skipped_body_bytes_max = 4 * 1024 * 1024;  // of a body that nobody reads; larger: closed after the answer
};

// Owner: the composition of one shard. Connections are owned by the server and cut when it is destroyed.
class HttpServer {
 public:
  HttpServer(Shard& shard, HttpHandler& handler, Stats& stats, HttpLimits limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // A new connection of this shard.
  void accept(Stream& stream);
  // Answers already under way are finished, kept-alive connections are closed when idle, and answers say
  // Connection: close.
  void drain();
  std::size_t connections() const noexcept { return connections_.size(); }

  Shard& shard() noexcept { return shard_; }

 private:
  friend class HttpConnection;
  void take_over(std::unique_ptr<HttpTransfer> transfer);
  const std::string& date();

  Shard& shard_;
  HttpHandler& handler_;
  Stats& stats_;
  HttpLimits limits_;
  bool draining_ = false;
  std::int64_t date_seconds_ = -1;
  std::string date_;  // of date_seconds_, as the Date field has it
  std::unordered_set<std::shared_ptr<HttpConnection>> connections_;
};

}  // namespace tutti::net
