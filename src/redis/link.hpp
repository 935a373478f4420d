// redis/link.hpp: one connection to Redis that is made again whenever it is lost: dial, AUTH, SELECT, PING, then up.
// What is said over it is the user's matter (redis/client, redis/subscriber).
//
// Owner: its user; on one shard. Between attempts it waits 0.1 s, then twice as long each time up to 5 s, a random part
// of up to one half less, so that many servers do not come back in one moment.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/function.hpp"
#include "base/result.hpp"
#include "base/shard.hpp"
#include "net/stream.hpp"
#include "redis/reply.hpp"
#include "redis/stats.hpp"
#include "redis/url.hpp"

namespace tutti::net::epoll {
class Loop;
}

namespace tutti::redis {

// Opens a connection and tells once how that went. What it returns is kept while the attempt lasts; destroyed, the
// attempt is given up and nothing is told.
using OnDialed = UniqueFunction<void(Result<net::Stream*, std::string>)>;
using Dial = std::function<std::shared_ptr<void>(const Url& url, Duration timeout, OnDialed on_dialed)>;
Dial dial_from(net::epoll::Loop& loop);

struct LinkOptions {
  Url url;
  Duration connect_timeout = std::chrono::seconds(5);  // to connect; then again until Redis lets us in
  Duration delay_first = std::chrono::milliseconds(100);
  Duration delay_max = std::chrono::seconds(5);
};

class LinkUser {
 public:
  virtual void on_up() = 0;
  virtual void on_reply(Reply reply) = 0;
  virtual void on_down() = 0;  // after on_up()

 protected:
  ~LinkUser() = default;
};

class Link final : private net::StreamHandler {
 public:
  Link(Shard& shard, Dial dial, LinkOptions options, Stats& stats, LinkUser& user);
  ~Link();

  void start();
  // Ends for good; the user hears nothing more. What was written is still sent.
  void stop();
  bool up() const noexcept { return up_; }
  // Only when up.
  void write(SharedBytes bytes) { stream_->write(std::move(bytes)); }
  std::size_t buffered_bytes() const noexcept { return stream_ ? stream_->buffered_bytes() : 0; }
  // Redis does not answer: cuts the connection and makes another.
  void restart(std::string_view reason);

 private:
  void connect();
  void connected(Result<net::Stream*, std::string> result);
  void greet();
  void greeted(Reply reply);
  void fail(std::string_view reason);
  void lose();
  void wait();

  void on_data(char* bytes, std::size_t size) override;
  void on_drain() override {}
  void on_close(bool clean) override;

  Shard& shard_;
  Dial dial_;
  const LinkOptions options_;
  Stats& stats_;
  LinkUser& user_;
  std::shared_ptr<void> attempt_;
  net::Stream* stream_ = nullptr;
  std::shared_ptr<ReplyReader> reader_;
  unsigned answers_due_ = 0;  // of the greeting
  unsigned failures_ = 0;     // in a row
  bool up_ = false;
  bool running_ = false;
  CallbackTimer retry_;
  CallbackTimer greeting_timeout_;
};

}  // namespace tutti::redis
