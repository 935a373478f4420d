// adapter/redis/options.hpp: how a server takes part in a cluster.
#pragma once

#include <chrono>
#include <string>

#include "base/scheduler.hpp"
#include "redis/url.hpp"

namespace tutti::adapter {

struct RedisAdapterOptions {
  redis::Url url;
  std::string key = "socket.io";  // what the names of all channels begin with
  Duration requests_timeout = std::chrono::seconds(5);
  bool specific_response = false;  // answers go to the asking server's own channel
  Duration publish_late_max = std::chrono::seconds(5);
};

}  // namespace tutti::adapter
