// server/app.hpp: the whole of `tutti serve` put together: transport, gate, documents, pages, metrics; and its end.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "server/settings.hpp"

namespace tutti::server {

struct StartError {
  std::string message;  // one line for the operator: "127.0.0.1:3000: Address already in use"
};

// Built, started and stopped by one thread that is none of the workers.
class App {
 public:
  // Opens the store and the port, starts the workers. Nothing is left behind after an error.
  static Result<std::unique_ptr<App>, StartError> start(const Settings& settings);
  ~App();  // stops at once
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Where it listens: "127.0.0.1:3000".
  const std::string& address() const noexcept;

  // From now on /readyz says 503, for load balancers; everything goes on.
  void announce_stop();
  // In this order: no new connections; operations that have arrived are committed and answered, later ones get
  // shutting-down; all clients are disconnected; the workers and the store end. Takes at most shutdown_timeout.
  void stop();

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tutti::server
