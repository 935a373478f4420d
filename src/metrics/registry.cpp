#include "metrics/registry.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <map>

#include "base/assert.hpp"

namespace tutti::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Family {
  std::string help;
  MetricType type;
  // Everything registered under one set of labels adds itself to the sample.
  std::map<Labels, std::vector<std::function<void(ClientMetric&)>>> samples;
};

void add_histogram(const Histogram& histogram, ClientMetric& sample) {
  auto& out = sample.histogram;
  const auto bounds = histogram.bounds();
  if (out.bucket.empty()) {
    for (const double bound : bounds) out.bucket.push_back({0, bound});
    out.bucket.push_back({0, std::numeric_limits<double>::infinity()});
  }
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    cumulative += histogram.in_bucket(i);
    out.bucket[i].cumulative_count += cumulative;
  }
  out.sample_count += cumulative;
  out.sample_sum += histogram.sum();
}

}  // namespace

class Registry::Collector final : public prometheus::Collectable {
 public:
  void add(Description&& description, MetricType type, std::function<void(ClientMetric&)> read) {
    auto [place, fresh] = families_.try_emplace(std::move(description.name), Family{description.help, type, {}});
    TUTTI_ASSERT(place->second.type == type);
    place->second.samples[std::move(description.labels)].push_back(std::move(read));
  }

  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> result;
    for (const auto& [name, family] : families_) {
      MetricFamily out{name, family.help, family.type, {}};
      for (const auto& [labels, readers] : family.samples) {
        ClientMetric sample;
        for (const auto& [key, value] : labels) sample.label.push_back({key, value});
        for (const auto& read : readers) read(sample);
        out.metric.push_back(std::move(sample));
      }
      result.push_back(std::move(out));
    }
    return result;
  }

 private:
  std::map<std::string, Family> families_;
};

Registry::Registry() : collector_(std::make_unique<Collector>()) {}
Registry::~Registry() = default;

void Registry::add(Description description, const Counter& counter) {
  add_counter(std::move(description), [&counter] { return static_cast<double>(counter.value()); });
}

void Registry::add(Description description, const Gauge& gauge) {
  add_gauge(std::move(description), [&gauge] { return static_cast<double>(gauge.value()); });
}

void Registry::add(Description description, const Histogram& histogram) {
  collector_->add(std::move(description), MetricType::Histogram,
                  [&histogram](ClientMetric& sample) { add_histogram(histogram, sample); });
}

void Registry::add_counter(Description description, std::function<double()> read) {
  collector_->add(std::move(description), MetricType::Counter,
                  [read = std::move(read)](ClientMetric& sample) { sample.counter.value += read(); });
}

void Registry::add_gauge(Description description, std::function<double()> read) {
  collector_->add(std::move(description), MetricType::Gauge,
                  [read = std::move(read)](ClientMetric& sample) { sample.gauge.value += read(); });
}

std::string Registry::text() const { return prometheus::TextSerializer().Serialize(collector_->Collect()); }

}  // namespace tutti::metrics
