// server/settings.hpp: everything an operator can set, with its default. What each means: server/option_table.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "auth/jwt.hpp"
#include "base/log.hpp"
#include "documents/log/sqlite_store.hpp"

namespace tutti::server {

using documents::Durability;

struct Settings {
  using Milliseconds = std::chrono::milliseconds;

  std::string host = "127.0.0.1";
  std::uint16_t port = 3000;
  std::vector<std::string> client_url;
  std::string server_id;
  std::uint32_t workers = 0;

  std::string data = "./tutti-data";
  Durability durability = Durability::full;
  Milliseconds batch_interval{50};
  std::uint64_t log_window = 10'000;
  std::string redis;

  std::uint32_t max_connections = 0;
  std::uint32_t max_connections_per_user = 5;
  double max_operations_per_second = 0;
  std::uint64_t max_payload = 1'000'000;
  std::uint64_t max_operation_size = 256 * 1024;
  std::uint64_t max_document_size = 16 * 1024 * 1024;
  std::uint64_t max_buffer = 256 * 1024;
  std::uint32_t max_users_listed = 100;
  std::uint32_t max_history = 1'000;

  Milliseconds ping_interval{25'000};
  Milliseconds ping_timeout{20'000};
  Milliseconds connect_timeout{45'000};
  Milliseconds shutdown_timeout{10'000};
  bool compression = false;
  bool web = true;
  bool metrics = true;

  auth::Algorithm auth_algorithm = auth::Algorithm::hs256;
  std::string auth_key;
  std::string auth_key_file;
  std::string auth_audience;
  std::string auth_issuer;
  std::uint32_t auth_leeway = 5;
  auth::Access auth_default_access = auth::Access::write;
  std::string auth_anonymous = "auto";

  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;

  // Whether tokens are checked at all.
  bool authenticates() const noexcept { return !auth_key.empty() || !auth_key_file.empty(); }
  // What people without a token may do with documents; none: they may not connect.
  auth::Access anonymous_access() const noexcept;
};

}  // namespace tutti::server
