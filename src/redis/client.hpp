// redis/client.hpp: commands over one connection, pipelined: each goes out at once, answers come in order.
//
// Owner: one shard. While Redis is away commands wait, bounded in bytes and each no longer than its own time limit:
// what Redis gets late is never later than that. A command that was sent when the connection broke is not sent again.
#pragma once

#include <deque>
#include <initializer_list>
#include <span>
#include <string>

#include "redis/link.hpp"

namespace tutti::redis {

enum class CommandError : std::uint8_t { timed_out, connection_lost, queue_full, closed };

struct ClientOptions {
  LinkOptions link;
  std::size_t queue_bytes_max = 16 * 1024 * 1024;  // not yet taken by the network; above: queue_full
};

class Client final : private LinkUser {
 public:
  // An error that Redis answers is a reply.
  using OnReply = UniqueFunction<void(Result<Reply, CommandError>)>;

  Client(Shard& shard, Dial dial, ClientOptions options, Stats& stats);
  ~Client();

  void start() { link_.start(); }
  // What waits is dropped and told so; what was sent is not waited for.
  void close();
  bool up() const noexcept { return link_.up(); }

  // on_reply is called once, never from inside; empty where nobody asks what came of it.
  void command(std::span<const std::string_view> words, Duration time_limit, OnReply on_reply = nullptr);
  void command(std::initializer_list<std::string_view> words, Duration time_limit, OnReply on_reply = nullptr) {
    command(std::span(words.begin(), words.size()), time_limit, std::move(on_reply));
  }

 private:
  struct Sent {
    OnReply on_reply;
    TimePoint deadline;
  };
  struct Waiting {
    std::string bytes;
    OnReply on_reply;
    TimePoint deadline;
  };

  void send(std::string bytes, OnReply on_reply, TimePoint deadline);
  void watch(TimePoint deadline);
  void check();
  void refuse(OnReply on_reply, CommandError error);

  void on_up() override;
  void on_reply(Reply reply) override;
  void on_down() override;

  Shard& shard_;
  const std::size_t queue_bytes_max_;
  Stats& stats_;
  bool closed_ = false;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::deque<Sent> sent_;
  TimePoint next_check_ = TimePoint::max();
  CallbackTimer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Link link_;
};

}  // namespace tutti::redis
