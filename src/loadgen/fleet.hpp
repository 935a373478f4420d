// loadgen/fleet.hpp: many clients on one loop, opened a few at a time; what each scenario starts from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/client.hpp"
#include "loadgen/options.hpp"
#include "loadgen/process.hpp"

namespace tutti::loadgen {

// A scenario: derive, react to events, call finish() or fail().
class Fleet : public ClientHandler {
 public:
  Fleet(net::epoll::Loop& loop, const Options& options);
  virtual ~Fleet() = default;

  // Runs the loop until the scenario is over. The report is one line of JSON; `ok` is in it.
  std::string run();

 protected:
  // Everybody is connected.
  virtual void on_ready() = 0;
  // Appends the scenario's own fields: each `,"name":value`.
  virtual void report(std::string& out) = 0;

  // What was measured between the two calls is per message: `messages` counted by the scenario.
  void begin_measuring();
  void end_measuring();
  void finish();
  // Something was lost, doubled, out of order or refused: ends the run with ok:false.
  void fail(std::string why);
  bool failed() const noexcept { return !failure_.empty(); }

  void on_connected(Client& client) override;
  void on_event(Client&, std::string_view) override {}
  void on_ack(Client&, std::uint64_t, std::string_view) override {}
  void on_ended(Client& client, std::string_view why) override;

  void open_more();
  static std::uint64_t now_ns();
  double measured_seconds() const;
  // Server CPU between the two calls, in ns; 0 if it is not measured.
  std::uint64_t server_cpu_ns() const;

  net::epoll::Loop& loop_;
  const Options& options_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t connected_ = 0;

 private:
  std::string failure_;
  std::optional<ProcessUsage> before_any_;  // the server without our connections
  std::optional<ProcessUsage> at_ready_;
  std::optional<ProcessUsage> at_begin_;
  std::optional<ProcessUsage> at_end_;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t end_ns_ = 0;
};

// `,"name":value` helpers for reports.
void append_field(std::string& out, std::string_view name, double value);
void append_field(std::string& out, std::string_view name, std::uint64_t value);

// The payload that scenarios send and check: 16 hex digits of a sequence number, 16 of the time it was sent in ns,
// a letter 'z' and padding. It is found in any encoding by its marker.
std::string make_payload(std::uint64_t sequence, std::uint64_t sent_ns, std::size_t size);
struct Stamp {
  std::uint64_t sequence;
  std::uint64_t sent_ns;
};
std::optional<Stamp> find_stamp(std::string_view body) noexcept;
// One string argument in the form of `form`, as Client::emit takes it.
std::string string_argument(codec::Form form, std::string_view text);

}  // namespace tutti::loadgen
