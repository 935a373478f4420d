// engineio/upgrade.hpp: a WebSocket that wants to take a polling session over: it must send "2probe", gets "3probe",
// then sends "5" when the client has stopped polling.
//
// Source: protocol v4, "Upgrade". Anything else, or too long a time, closes this WebSocket; the polling session lives.
#pragma once

#include <memory>
#include <string_view>

#include "base/scheduler.hpp"
#include "net/websocket_connection.hpp"

namespace tutti::engineio {

// Owner: the session, on its shard. Dead (open() is false) once it called probe_upgraded() or probe_failed(); the owner
// destroys it in a later turn.
class UpgradeProbe final : public net::WebSocketHandler, private Timer {
 public:
  class Owner {
   public:
    // The client has probed: it will stop polling when its GET is answered.
    virtual void probe_answered() = 0;
    // The session is on this WebSocket now; the owner takes its messages from here on.
    virtual void probe_upgraded(std::unique_ptr<net::WebSocketConnection> socket) = 0;
    virtual void probe_failed() = 0;

   protected:
    ~Owner() = default;
  };

  UpgradeProbe(Scheduler& scheduler, Owner& owner) : Timer(scheduler), owner_(owner) {}
  void start(net::Stream& stream, const net::WebSocketOptions& options, Duration timeout, std::string leftover);

  bool open() const noexcept { return socket_ != nullptr && socket_->open(); }
  // The session is over: closes the WebSocket, the owner hears nothing more.
  void close();

 private:
  void on_message(bool binary, std::string_view payload) override;
  void on_websocket_drain() override {}
  void on_websocket_close(std::string_view failure) override;
  void on_timer() override { fail(); }
  void fail();

  Owner& owner_;
  std::unique_ptr<net::WebSocketConnection> socket_;
  bool probed_ = false;
};

}  // namespace tutti::engineio
