// What tutti-conformance was told on its command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tutti/options.h"

namespace conformance {

struct Flags {
  std::string mode;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::uint32_t workers = 1;
  std::optional<int> ping_interval;
  std::optional<int> ping_timeout;
  std::optional<int> connect_timeout;
  std::optional<int> upgrade_timeout;
  std::optional<std::string> cors;
  std::string cookie;
  std::string transports;
  std::string redis;
  std::string key = "socket.io";
  std::string server_name = "tutti";
  std::string adapter = "classic";
  std::string subscription_mode = "dynamic";
  bool specific_response = false;
  int requests_timeout = 5000;
  bool no_upgrades = false;
  bool recovery = false;
  bool allow_eio3 = false;
  bool per_message_deflate = false;
};

// Changes what was given; the rest stays the mode's own.
void apply(const Flags& flags, tutti::Options& options);

}  // namespace conformance
