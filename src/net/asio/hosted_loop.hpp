// net/asio/hosted_loop.hpp: runs an epoll loop on an application's own io_context: the context waits for the loop's
// descriptor and for its next timer, and gives it a turn when either comes.
#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace tutti::net::epoll {
class Loop;
}

namespace tutti::net::asio {

// Owner: the application. The context must be run by one thread at a time; handlers of the application that run on it
// may use what lives on the loop directly. Destroyed (on that thread, or when the context does not run): the loop gets
// no more turns; a last one sends what is queued.
class HostedLoop {
 public:
  HostedLoop(boost::asio::io_context& host, epoll::Loop& loop);
  ~HostedLoop();
  HostedLoop(const HostedLoop&) = delete;
  HostedLoop& operator=(const HostedLoop&) = delete;

 private:
  class Driver;
  std::shared_ptr<Driver> driver_;
};

}  // namespace tutti::net::asio
