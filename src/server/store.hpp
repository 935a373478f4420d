// server/store.hpp: where documents are kept, as the settings say: a log for each worker over one store.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/shard.hpp"
#include "documents/log.hpp"
#include "metrics/registry.hpp"
#include "server/settings.hpp"

namespace tutti::server {

struct StoreError {
  std::string message;
};

// Outlives the logs it made.
class Store {
 public:
  // Opens what is in settings.data, making it if there is nothing yet.
  static Result<std::unique_ptr<Store>, StoreError> open(const Settings& settings);
  virtual ~Store() = default;

  virtual std::unique_ptr<documents::Log> make_log(Shard& shard) = 0;
  // Why nothing can be committed now; empty: all is well. Thread-safe.
  virtual std::string problem() const = 0;
  virtual void add_metrics(metrics::Registry& registry) const = 0;
};

}  // namespace tutti::server
