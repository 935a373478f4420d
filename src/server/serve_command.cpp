#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "base/log.hpp"
#include "server/app.hpp"
#include "server/commands.hpp"

namespace tutti::server {
namespace {

constexpr int kStartFailed = 1;

// SIGTERM and SIGINT come to whoever waits for them, in every thread that starts from now on.
sigset_t block_stop_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int wait_for_signal(const sigset_t& signals) {
  int number = 0;
  while (::sigwait(&signals, &number) != 0) {
  }
  return number;
}

// A second signal ends the process at once, whatever is still going on.
void exit_at_next_signal(const sigset_t& signals) {
  std::thread([signals] {
    const int number = wait_for_signal(signals);
    log::warn("server.killed", {{"signal", number}});
    ::_exit(128 + number);
  }).detach();
}

}  // namespace

int run_serve(const Settings& settings) {
  log::configure(settings.log_level, settings.log_format);
  const sigset_t signals = block_stop_signals();
  auto app = App::start(settings);
  if (!app) {
    std::cerr << "tutti: " << app.error().message << "\n";
    return kStartFailed;
  }
  std::cout << "tutti listening on http://" << (*app)->address() << std::endl;
  const int number = wait_for_signal(signals);
  log::info("server.signal", {{"signal", number}});
  exit_at_next_signal(signals);
  (*app)->stop();
  app->reset();
  return 0;
}

}  // namespace tutti::server
