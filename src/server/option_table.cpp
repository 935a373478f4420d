#include "server/option_table.hpp"

#include <algorithm>
#include <vector>

#include "server/option_values.hpp"

namespace tutti::server {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::uint64_t kKilobyte = 1024;
constexpr std::uint64_t kGigabyte = 1024 * 1024 * 1024;

std::string environment_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return "TUTTI_" + name;
}

Option option(std::string name, std::string values, Value value, std::string meaning) {
  std::string environment = environment_name(name);
  return {std::move(name), std::move(environment), std::move(values),    std::move(meaning),
          false,           std::move(value.set),   std::move(value.show)};
}

Option named(std::string environment, Option option) {
  option.environment = std::move(environment);
  return option;
}

Option secret(Option option) {
  option.secret = true;
  return option;
}

std::vector<Option> make_table() {
  using S = Settings;
  using auth::Access;
  using auth::Algorithm;
  return {
      // Where it listens, and who may come.
      option("host", "ADDRESS", text(&S::host), "Address to listen on; `0.0.0.0` or `::` for every interface."),
      named("PORT", option("port", "PORT", whole(&S::port, 0, 65535),
                           "TCP port; 0 lets the system choose one (the ready line tells which).")),
      named("CLIENT_URL",
            option("client-url", "ORIGIN,…", list(&S::client_url),
                   "Web pages of these origins may connect, beside those that the server serves itself; `*` for "
                   "everyone, `https://*.example.com` for a domain. Checked on polling and on the WebSocket upgrade.")),
      named("SERVER_ID", option("server-id", "TEXT", text(&S::server_id),
                                "Name of this server in logs and in `hello`; empty: a random one.")),
      option("workers", "NUMBER", whole(&S::workers, 0, 256), "Threads with an event loop each; 0: one a core."),

      // Documents.
      option("data", "DIRECTORY", text(&S::data), "Where documents are stored; made if it does not exist."),
      option("durability", "full|normal|memory",
             choice(&S::durability,
                    {{"full", Durability::full}, {"normal", Durability::normal}, {"memory", Durability::memory}}),
             "What an acknowledged operation survives: `full` a power loss, `normal` a crash of the process, `memory` "
             "nothing."),
      option("batch-interval", "MS", milliseconds(&S::batch_interval, 0, 10'000),
             "Longest time between two revisions of a busy document; an idle one commits at once."),
      option("log-window", "REVISIONS", whole(&S::log_window, 100, 100'000'000),
             "Revisions a document's log keeps; a client that was away for longer gets the content anew."),
      named("REDIS_URL", option("redis", "URL", text(&S::redis), "Reserved for clusters; must be empty.")),

      // Limits.
      option("max-connections", "NUMBER", whole(&S::max_connections, 0, 10'000'000),
             "Engine.IO sessions of this process; more are answered 503. 0: no limit."),
      option("max-connections-per-user", "NUMBER", whole(&S::max_connections_per_user, 0, 1'000'000),
             "Connections of one user; more are refused with `too-many-connections`. Anonymous users are not counted. "
             "0: no limit."),
      option("max-operations-per-second", "NUMBER", decimal(&S::max_operations_per_second, 1e6),
             "Operations of one connection; more are refused with `rate-limited` and `retryAfter`. 0: no limit."),
      option("max-payload", "BYTES", whole(&S::max_payload, kKilobyte, kGigabyte),
             "Largest message; a larger one closes the connection (WebSocket 1009, polling 413)."),
      option("max-operation-size", "BYTES", whole(&S::max_operation_size, 64, kGigabyte),
             "Largest operation as compact JSON; a larger one is refused with `too-large`."),
      option("max-document-size", "BYTES", whole(&S::max_document_size, kKilobyte, kGigabyte),
             "Largest document; an operation that would make it larger is refused with `too-large`."),
      option("max-buffer", "BYTES", whole(&S::max_buffer, 16 * kKilobyte, kGigabyte),
             "Bytes waiting for one slow reader; above that it is sent nothing until it has caught up, then one "
             "delivery brings it to the newest version."),
      option("max-users-listed", "NUMBER", whole(&S::max_users_listed, 0, 100'000),
             "Members named in `users`, and the size up to which joins and leaves are announced."),
      option("max-history", "NUMBER", whole(&S::max_history, 1, 100'000),
             "Revisions in one answer to `document:history`."),

      // Transport.
      option("ping-interval", "MS", milliseconds(&S::ping_interval, 100, kHourMs), "Time between two heartbeats."),
      option("ping-timeout", "MS", milliseconds(&S::ping_timeout, 100, kHourMs),
             "How long a client may take to answer a heartbeat before it is dropped."),
      option("connect-timeout", "MS", milliseconds(&S::connect_timeout, 100, kHourMs),
             "How long a session may exist without joining a namespace."),
      option("shutdown-timeout", "MS", milliseconds(&S::shutdown_timeout, 0, kHourMs),
             "How long a shutdown waits for work in flight."),
      option("compression", "true|false", flag(&S::compression),
             "Offer permessage-deflate to WebSocket clients: less traffic, more CPU."),
      option("web", "true|false", flag(&S::web), "Serve the demo editor at `/` and the Socket.IO client bundles."),
      option("metrics", "true|false", flag(&S::metrics), "Serve `/metrics`."),

      // Who is who.
      option("auth-algorithm", "HS256|RS256|ES256",
             choice(&S::auth_algorithm,
                    {{"HS256", Algorithm::hs256}, {"RS256", Algorithm::rs256}, {"ES256", Algorithm::es256}}),
             "The only signature algorithm that is accepted."),
      secret(option("auth-key", "TEXT", text(&S::auth_key),
                    "Key that tokens are checked with: the shared secret (HS256), or a public key in PEM.")),
      option("auth-key-file", "FILE", text(&S::auth_key_file),
             "The same from a file (a final newline is dropped). Without a key tokens are ignored and everybody is "
             "anonymous."),
      option("auth-audience", "TEXT", text(&S::auth_audience), "The `aud` that a token must name; empty: any."),
      option("auth-issuer", "TEXT", text(&S::auth_issuer), "The `iss` that a token must name; empty: any."),
      option("auth-leeway", "SECONDS", whole(&S::auth_leeway, 0, 3600),
             "How far clocks may differ when `exp` and `nbf` are checked."),
      option(
          "auth-default-access", "none|read|write",
          choice(&S::auth_default_access, {{"none", Access::none}, {"read", Access::read}, {"write", Access::write}}),
          "What a token that does not speak of documents allows."),
      option("auth-anonymous", "auto|none|read|write", text(&S::auth_anonymous),
             "What people without a token may do; `none`: not even connect. `auto` is `write` without a key and `none` "
             "with one."),

      // Logs.
      option("log-level", "debug|info|warn|error|off",
             choice(&S::log_level, {{"debug", log::Level::debug},
                                    {"info", log::Level::info},
                                    {"warn", log::Level::warn},
                                    {"error", log::Level::error},
                                    {"off", log::Level::off}}),
             "What is logged, on standard error."),
      option("log-format", "text|json",
             choice(&S::log_format, {{"text", log::Format::text}, {"json", log::Format::json}}),
             "One line an event, `key=value` or a JSON object."),
  };
}

}  // namespace

std::string Option::file_key() const {
  std::string key = name;
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

std::string Option::flag() const { return "--" + name; }

std::span<const Option> option_table() {
  static const std::vector<Option> table = make_table();
  return table;
}

auth::Access Settings::anonymous_access() const noexcept {
  if (auth_anonymous == "auto") return authenticates() ? auth::Access::none : auth::Access::write;
  return auth::access_from(auth_anonymous).value_or(auth::Access::none);
}

}  // namespace tutti::server
