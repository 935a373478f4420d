// The only file that includes Boost.Asio. Header-only here, so that it links with applications that use Asio either
// way.
#undef BOOST_ASIO_SEPARATE_COMPILATION
#include "net/asio/hosted_loop.hpp"

#include <fcntl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/epoll/loop.hpp"

namespace tutti::net::asio {

class HostedLoop::Driver : public std::enable_shared_from_this<Driver> {
 public:
  Driver(boost::asio::io_context& host, epoll::Loop& loop)
      : loop_(loop), descriptor_(host, ::fcntl(loop.descriptor(), F_DUPFD_CLOEXEC, 0)), timer_(host) {}

  void start() {
    loop_.adopt_this_thread();
    wait_for_events();
    wait_for_time();
  }

  void stop() {
    stopped_ = true;
    descriptor_.close();
    timer_.cancel();
    loop_.adopt_this_thread();
    loop_.turn(Duration::zero());
  }

 private:
  void wait_for_events() {
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error || self->stopped_) return;
                             self->turn();
                             if (!self->stopped_) self->wait_for_events();
                           });
  }

  void wait_for_time() {
    const auto limit = loop_.wait_limit();
    if (!limit) return;
    timer_.expires_after(*limit);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !self->stopped_) self->turn();
    });
  }

  void turn() {
    loop_.adopt_this_thread();
    loop_.turn(Duration::zero());
    if (!stopped_) wait_for_time();
  }

  epoll::Loop& loop_;
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

HostedLoop::HostedLoop(boost::asio::io_context& host, epoll::Loop& loop)
    : driver_(std::make_shared<Driver>(host, loop)) {
  driver_->start();
}

HostedLoop::~HostedLoop() { driver_->stop(); }

}  // namespace tutti::net::asio
