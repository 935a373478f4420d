// metrics/registry.hpp: what /metrics shows: named metrics read at the scrape, as Prometheus text (version 0.0.4).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metrics/metric.hpp"

namespace tutti::metrics {

// Label values come from small fixed sets of our own (a transport, a reason, an error code), never from a peer.
using Labels = std::vector<std::pair<std::string, std::string>>;

struct Description {
  std::string name;  // snake_case, unit and "_total" at the end as Prometheus wants it
  std::string help;
  Labels labels = {};
};

// Metrics with the same name and labels are added up: one a worker, one line in the output.
// All registrations happen before the first scrape, on one thread; text() may then be called from any thread.
// What is registered must outlive the registry.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  void add(Description description, const Counter& counter);
  void add(Description description, const Gauge& gauge);
  void add(Description description, const Histogram& histogram);
  // Values that are computed at the scrape; the function must be safe to call from any thread.
  void add_counter(Description description, std::function<double()> read);
  void add_gauge(Description description, std::function<double()> read);

  // The whole exposition. Names in alphabetical order, so that two scrapes can be compared.
  std::string text() const;

 private:
  class Collector;
  std::unique_ptr<Collector> collector_;
};

// Resident memory, CPU time, open file descriptors and start time of this process, under the standard process_* names.
void add_process_metrics(Registry& registry);

}  // namespace tutti::metrics
