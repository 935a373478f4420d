// engineio/heartbeat.hpp: the heartbeat of one session (protocol v4, "Heartbeat"): the server pings, the client must
// answer within ping_timeout or the session is closed with "ping timeout".
//
// In Engine.IO v3 it is the other way round: the client pings, and must do so within both times together.
//
// Owner: the session; runs on its shard. The timer stops in the destructor.
#pragma once

#include "base/scheduler.hpp"

namespace tutti::engineio {

class Heartbeat final : private Timer {
 public:
  class Owner {
   public:
    virtual void send_ping() = 0;
    virtual void ping_timed_out() = 0;

   protected:
    ~Owner() = default;
  };
  struct Settings {
    Duration ping_interval;
    Duration ping_timeout;
  };

  // The settings outlive the heartbeat: all sessions of a server share them.
  Heartbeat(Scheduler& scheduler, const Settings& settings, Owner& owner)
      : Timer(scheduler), settings_(settings), owner_(owner) {}

  void start() {
    waiting_ = false;
    arm(settings_.ping_interval);
  }
  void stop() { cancel(); }
  // v3: the client's ping must come within ping_interval + ping_timeout from now.
  void expect_ping() {
    waiting_ = true;
    arm(settings_.ping_interval + settings_.ping_timeout);
  }
  // Also without a ping before. The interval restarts here, as in the Node server: a slow pong must not shorten the
  // next window.
  void pong() { start(); }

 private:
  void on_timer() override {
    if (waiting_) return owner_.ping_timed_out();
    waiting_ = true;
    arm(settings_.ping_timeout);
    owner_.send_ping();
  }

  const Settings& settings_;
  Owner& owner_;
  bool waiting_ = false;
};

}  // namespace tutti::engineio
