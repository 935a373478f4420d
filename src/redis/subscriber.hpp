// redis/subscriber.hpp: subscriptions over one connection; made again after each reconnection. What is published while
// the connection is away is lost: pub/sub has no replay.
//
// Owner: one shard. A connection that is silent is asked for a sign of life (PING) every 5 s and cut without one.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "redis/link.hpp"

namespace tutti::redis {

enum class Subscription : std::uint8_t { channel, pattern, shard };  // SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE

class Subscriber final : private LinkUser {
 public:
  // The names are Redis's own, not those subscribed to: of a pattern, the channel that matched.
  using OnMessage = std::function<void(std::string_view channel, std::string_view payload)>;

  Subscriber(Shard& shard, Dial dial, LinkOptions options, Stats& stats);

  void start() { link_.start(); }
  void close();  // UNSUBSCRIBE from all, and ends
  // All with one command. A name that is subscribed to already gets the new handler.
  void subscribe(Subscription kind, const std::vector<std::string>& names, OnMessage on_message);
  void unsubscribe(Subscription kind, const std::vector<std::string>& names);
  bool up() const noexcept { return link_.up(); }
  // Redis has confirmed every subscription.
  bool ready() const noexcept { return link_.up() && unconfirmed_.empty(); }
  // Runs whenever that becomes true.
  void on_ready(Task task) { on_ready_ = std::move(task); }

 private:
  using Handlers = std::map<std::string, std::shared_ptr<const OnMessage>, std::less<>>;
  static constexpr Duration kLifeSignInterval = std::chrono::seconds(5);

  void say(std::string_view command, const std::vector<std::string>& names);
  void request(Subscription kind, const std::vector<std::string>& names);
  void confirm(Subscription kind, std::string_view name);
  void deliver(Subscription kind, std::string_view name, std::string_view channel, std::string_view payload);
  void look_for_life();

  void on_up() override;
  void on_reply(Reply reply) override;
  void on_down() override;

  Stats& stats_;
  std::array<Handlers, 3> handlers_;
  std::set<std::pair<Subscription, std::string>> unconfirmed_;
  bool heard_ = false;  // anything since the last look
  Task on_ready_;
  CallbackTimer life_timer_;
  Link link_;
};

}  // namespace tutti::redis
