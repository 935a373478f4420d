#include "loadgen/scenarios.hpp"

#include <memory>

#include "base/scheduler.hpp"
#include "loadgen/latency.hpp"

namespace tutti::loadgen {

namespace {

Duration seconds(double value) { return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value)); }

// Warm-up, then measuring, then the end.
class Phases {
 public:
  Phases(Scheduler& scheduler, double measured_seconds, Task begin, Task end)
      : length_(seconds(measured_seconds)),
        begin_(std::move(begin)),
        end_(std::move(end)),
        timer_(scheduler, [this] { next(); }) {}
  void start() { timer_.arm(length_ / 10); }
  bool measuring() const noexcept { return measuring_; }

 private:
  void next() {
    if (measuring_) {
      measuring_ = false;
      return end_();
    }
    measuring_ = true;
    timer_.arm(length_);
    begin_();
  }
  Duration length_;
  Task begin_;
  Task end_;
  bool measuring_ = false;
  CallbackTimer timer_;
};

class TimedFleet : public Fleet {
 public:
  TimedFleet(net::epoll::Loop& loop, const Options& options)
      : Fleet(loop, options),
        phases_(
            loop.scheduler(), options.seconds, [this] { begin_measuring(); },
            [this] {
              end_measuring();
              on_measured();
            }) {}

 protected:
  virtual void on_measured() { finish(); }
  void start_measuring() { phases_.start(); }
  bool measuring() const noexcept { return phases_.measuring(); }
  void count(std::uint64_t sent_ns) {
    if (!measuring()) return;
    ++messages_;
    latency_.record(now_ns() - sent_ns);
  }
  void report(std::string& out) override {
    append_field(out, "messages", messages_);
    append_field(out, "messages_per_second", static_cast<double>(messages_) / measured_seconds());
    append_field(out, "p50_us", static_cast<double>(latency_.percentile(0.5)) / 1000);
    append_field(out, "p99_us", static_cast<double>(latency_.percentile(0.99)) / 1000);
    append_field(out, "p999_us", static_cast<double>(latency_.percentile(0.999)) / 1000);
    if (server_cpu_ns() > 0 && messages_ > 0) {
      append_field(out, "server_cpu_us_per_message",
                   static_cast<double>(server_cpu_ns()) / 1000 / static_cast<double>(messages_));
    }
  }
  std::uint64_t messages() const noexcept { return messages_; }

 private:
  Phases phases_;
  LatencyHistogram latency_;
  std::uint64_t messages_ = 0;
};

class EchoScenario final : public TimedFleet {
 public:
  using TimedFleet::TimedFleet;

 private:
  void on_ready() override {
    start_measuring();
    for (auto& client : clients_) send(*client);
  }
  void send(Client& client) {
    client.emit("echo",
                string_argument(options_.target.form, make_payload(client.number(), now_ns(), options_.payload_bytes)),
                1, true);
  }
  void on_ack(Client& client, std::uint64_t, std::string_view body) override {
    const auto stamp = find_stamp(body);
    if (!stamp || stamp->sequence != client.number()) return fail("an acknowledgement does not hold what was sent");
    count(stamp->sent_ns);
    send(client);
  }
};

// Everybody joins a room first.
class RoomFleet : public TimedFleet {
 public:
  RoomFleet(net::epoll::Loop& loop, const Options& options, std::size_t rooms)
      : TimedFleet(loop, options), rooms_(rooms), next_expected_(options.connections, 0) {}

 protected:
  virtual void on_joined() = 0;
  virtual void on_received(std::size_t room) = 0;
  std::size_t room_of(const Client& client) const noexcept { return client.number() % rooms_; }
  void publish(std::size_t room, std::uint64_t sequence) {
    clients_[room]->emit(
        "pub", string_argument(options_.target.form, make_payload(sequence, now_ns(), options_.payload_bytes)), 1,
        false);
  }

 private:
  void on_ready() override {
    for (auto& client : clients_) {
      client->emit("join", string_argument(options_.target.form, "room-" + std::to_string(room_of(*client))), 1, true);
    }
  }
  void on_ack(Client&, std::uint64_t, std::string_view) override {
    if (++joined_ < clients_.size()) return;
    start_measuring();
    on_joined();
  }
  void on_event(Client& client, std::string_view body) override {
    const auto stamp = find_stamp(body);
    if (!stamp) return;
    std::uint64_t& expected = next_expected_[client.number()];
    if (stamp->sequence != expected) {
      return fail("connection " + std::to_string(client.number()) + " got message " + std::to_string(stamp->sequence) +
                  " where " + std::to_string(expected) + " was due");
    }
    ++expected;
    count(stamp->sent_ns);
    on_received(room_of(client));
  }

  std::size_t rooms_;
  std::size_t joined_ = 0;
  std::vector<std::uint64_t> next_expected_;  // sequence number, by client
};

class BroadcastScenario final : public RoomFleet {
 public:
  BroadcastScenario(net::epoll::Loop& loop, const Options& options) : RoomFleet(loop, options, 1) {}

 private:
  void on_joined() override { burst(); }
  void on_received(std::size_t) override {
    if (++received_ < clients_.size() * options_.in_flight) return;
    received_ = 0;
    burst();
  }
  void burst() {
    for (std::size_t i = 0; i < options_.in_flight; ++i) publish(0, published_++);
  }
  std::size_t received_ = 0;
  std::uint64_t published_ = 0;
};

class RoomsScenario final : public RoomFleet {
 public:
  RoomsScenario(net::epoll::Loop& loop, const Options& options)
      : RoomFleet(loop, options, std::min(options.rooms, options.connections)),
        published_(std::min(options.rooms, options.connections), 0),
        timer_(loop.scheduler(), [this] { tick(); }) {}

 private:
  void on_joined() override { tick(); }
  void on_received(std::size_t) override {}
  // One room after the other, so that the load is even.
  void tick() {
    publish(next_room_, published_[next_room_]++);
    next_room_ = (next_room_ + 1) % published_.size();
    timer_.arm(seconds(1 / (options_.rate * static_cast<double>(published_.size()))));
  }
  std::vector<std::uint64_t> published_;
  std::size_t next_room_ = 0;
  CallbackTimer timer_;
};

class IdleScenario final : public TimedFleet {
 public:
  using TimedFleet::TimedFleet;

 private:
  void on_ready() override { start_measuring(); }
  void on_ping(Client&) override {
    if (measuring()) ++heartbeats_;
  }
  void report(std::string& out) override {
    append_field(out, "heartbeats", heartbeats_);
    if (server_cpu_ns() > 0 && heartbeats_ > 0) {
      append_field(out, "server_cpu_us_per_heartbeat",
                   static_cast<double>(server_cpu_ns()) / 1000 / static_cast<double>(heartbeats_));
    }
  }
  std::uint64_t heartbeats_ = 0;
};

// `concurrency` clients that connect, close when they are connected, and are replaced.
class ConnectScenario final : public TimedFleet {
 public:
  using TimedFleet::TimedFleet;

 private:
  void on_ready() override {
    start_measuring();
    for (std::size_t number = 0; number < clients_.size(); ++number) replace(number);
  }
  void on_connected(Client& client) override {
    if (connected_ < options_.connections) return Fleet::on_connected(client);
    count(started_[client.number()]);
    replace(client.number());
  }
  void replace(std::size_t number) {
    loop_.defer([this, number] {
      try {
        started_[number] = now_ns();
        clients_[number] = std::make_unique<Client>(loop_, options_.target, *this, number, source_of(number));
      } catch (const std::runtime_error& error) {
        fail(error.what());
      }
    });
  }
  std::uint32_t source_of(std::size_t number) {
    ++opened_;
    return options_.sources > 1 ? 0x7f000001 + static_cast<std::uint32_t>((opened_ + number) % options_.sources) : 0;
  }
  std::vector<std::uint64_t> started_ = std::vector<std::uint64_t>(options_.connections, 0);
  std::uint64_t opened_ = 0;
};

}  // namespace

std::unique_ptr<Fleet> make_scenario(net::epoll::Loop& loop, const Options& options) {
  switch (options.scenario) {
    case Scenario::connect:
      return std::make_unique<ConnectScenario>(loop, options);
    case Scenario::idle:
      return std::make_unique<IdleScenario>(loop, options);
    case Scenario::echo:
      return std::make_unique<EchoScenario>(loop, options);
    case Scenario::broadcast:
      return std::make_unique<BroadcastScenario>(loop, options);
    case Scenario::rooms:
      return std::make_unique<RoomsScenario>(loop, options);
  }
  return nullptr;
}

std::string run_scenario(const Options& options) {
  net::epoll::Loop loop;
  return make_scenario(loop, options)->run();
}

}  // namespace tutti::loadgen
