#include "loadgen/fleet.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "codec/msgpack.hpp"

namespace tutti::loadgen {

namespace {
constexpr std::string_view kMarker = "tutti:";
constexpr std::size_t kHexDigits = 16;

void append_hex(std::string& out, std::uint64_t value) {
  char digits[kHexDigits + 1];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  out += digits;
}

std::string_view name_of(Scenario scenario) {
  switch (scenario) {
    case Scenario::connect:
      return "connect";
    case Scenario::idle:
      return "idle";
    case Scenario::echo:
      return "echo";
    case Scenario::broadcast:
      return "broadcast";
    case Scenario::rooms:
      return "rooms";
  }
  return "";
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
  }
  return out + '"';
}
}  // namespace

std::string make_payload(std::uint64_t sequence, std::uint64_t sent_ns, std::size_t size) {
  std::string payload(kMarker);
  append_hex(payload, sequence);
  append_hex(payload, sent_ns);
  if (payload.size() < size) payload.append(size - payload.size(), 'x');
  return payload;
}

std::optional<Stamp> find_stamp(std::string_view body) noexcept {
  const std::size_t at = body.find(kMarker);
  if (at == std::string_view::npos || body.size() < at + kMarker.size() + 2 * kHexDigits) return std::nullopt;
  const char* digits = body.data() + at + kMarker.size();
  Stamp stamp{};
  std::from_chars(digits, digits + kHexDigits, stamp.sequence, 16);
  std::from_chars(digits + kHexDigits, digits + 2 * kHexDigits, stamp.sent_ns, 16);
  return stamp;
}

std::string string_argument(codec::Form form, std::string_view text) {
  if (form == codec::Form::json) return ",\"" + std::string(text) + "\"";
  std::string out;
  codec::MsgpackWriter(out).string(text);
  return out;
}

void append_field(std::string& out, std::string_view name, double value) {
  char text[64];
  std::snprintf(text, sizeof text, ",\"%.*s\":%.3f", static_cast<int>(name.size()), name.data(), value);
  out += text;
}

void append_field(std::string& out, std::string_view name, std::uint64_t value) {
  out += ",\"" + std::string(name) + "\":" + std::to_string(value);
}

Fleet::Fleet(net::epoll::Loop& loop, const Options& options) : loop_(loop), options_(options) {}

std::uint64_t Fleet::now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

std::string Fleet::run() {
  if (options_.server_pid != 0) {
    before_any_ = usage_of(options_.server_pid);
    if (!before_any_) fail("no process " + std::to_string(options_.server_pid) + " that may be measured");
  }
  if (!failed()) {
    loop_.defer([this] { open_more(); });
    loop_.run();
  }
  std::string out = "{\"scenario\":" + quoted(name_of(options_.scenario)) + ",\"ok\":" + (failed() ? "false" : "true");
  if (failed()) out += ",\"error\":" + quoted(failure_);
  out += ",\"parser\":" + quoted(options_.target.form == codec::Form::json ? "json" : "msgpack");
  append_field(out, "connections", static_cast<std::uint64_t>(connected_));
  append_field(out, "seconds", measured_seconds());
  if (!failed()) report(out);
  if (before_any_ && at_ready_ && at_ready_->anonymous_bytes > before_any_->anonymous_bytes && connected_ > 0) {
    const auto grown = static_cast<double>(at_ready_->anonymous_bytes - before_any_->anonymous_bytes);
    append_field(out, "memory_bytes_per_connection", grown / static_cast<double>(connected_));
  }
  if (before_any_ && at_end_ && at_end_->anonymous_bytes > before_any_->anonymous_bytes && connected_ > 0) {
    const auto grown = static_cast<double>(at_end_->anonymous_bytes - before_any_->anonymous_bytes);
    append_field(out, "memory_bytes_per_connection_after", grown / static_cast<double>(connected_));
  }
  clients_.clear();
  return out + "}";
}

void Fleet::open_more() {
  try {
    while (!failed() && clients_.size() < options_.connections && clients_.size() < connected_ + options_.concurrency) {
      const std::size_t number = clients_.size();
      const std::uint32_t source =
          options_.sources > 1 ? 0x7f000001 + static_cast<std::uint32_t>(number % options_.sources) : 0;
      clients_.push_back(std::make_unique<Client>(loop_, options_.target, *this, number, source));
    }
  } catch (const std::runtime_error& error) {
    fail(error.what());
  }
}

void Fleet::on_connected(Client&) {
  ++connected_;
  if (connected_ < options_.connections) return open_more();
  if (options_.server_pid != 0) at_ready_ = usage_of(options_.server_pid);
  on_ready();
}

void Fleet::on_ended(Client& client, std::string_view why) {
  fail("connection " + std::to_string(client.number()) + ": " + std::string(why));
}

void Fleet::begin_measuring() {
  if (options_.server_pid != 0) at_begin_ = usage_of(options_.server_pid);
  begin_ns_ = now_ns();
}

void Fleet::end_measuring() {
  end_ns_ = now_ns();
  if (options_.server_pid != 0) at_end_ = usage_of(options_.server_pid);
}

double Fleet::measured_seconds() const { return static_cast<double>(end_ns_ - begin_ns_) / 1e9; }

std::uint64_t Fleet::server_cpu_ns() const { return at_begin_ && at_end_ ? at_end_->cpu_ns - at_begin_->cpu_ns : 0; }

void Fleet::finish() { loop_.stop(); }

void Fleet::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
  loop_.stop();
}

}  // namespace tutti::loadgen
