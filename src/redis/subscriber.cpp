#include "redis/subscriber.hpp"

#include "base/log.hpp"

namespace tutti::redis {
namespace {

struct Words {
  std::string_view subscribe, unsubscribe, subscribed, message;
};
constexpr Words kWords[] = {
    {"SUBSCRIBE", "UNSUBSCRIBE", "subscribe", "message"},
    {"PSUBSCRIBE", "PUNSUBSCRIBE", "psubscribe", "pmessage"},
    {"SSUBSCRIBE", "SUNSUBSCRIBE", "ssubscribe", "smessage"},
};
constexpr Subscription kKinds[] = {Subscription::channel, Subscription::pattern, Subscription::shard};

const Words& words(Subscription kind) { return kWords[static_cast<std::size_t>(kind)]; }

}  // namespace

Subscriber::Subscriber(Shard& shard, Dial dial, LinkOptions options, Stats& stats)
    : stats_(stats),
      life_timer_(shard.scheduler(), [this] { look_for_life(); }),
      link_(shard, std::move(dial), std::move(options), stats, *this) {}

void Subscriber::close() {
  if (link_.up()) {
    for (const Subscription kind : kKinds) {
      if (!handlers_[static_cast<std::size_t>(kind)].empty()) say(words(kind).unsubscribe, {});
    }
  }
  life_timer_.cancel();
  link_.stop();
}

void Subscriber::say(std::string_view command, const std::vector<std::string>& names) {
  std::vector<std::string_view> all{command};
  all.insert(all.end(), names.begin(), names.end());
  std::string bytes;
  append_command(bytes, all);
  link_.write(SharedBytes::copy(bytes));
}

void Subscriber::request(Subscription kind, const std::vector<std::string>& names) {
  for (const std::string& name : names) unconfirmed_.emplace(kind, name);
  if (link_.up() && !names.empty()) say(words(kind).subscribe, names);
}

void Subscriber::subscribe(Subscription kind, const std::vector<std::string>& names, OnMessage on_message) {
  const auto handler = std::make_shared<const OnMessage>(std::move(on_message));
  for (const std::string& name : names) handlers_[static_cast<std::size_t>(kind)][name] = handler;
  request(kind, names);
}

void Subscriber::unsubscribe(Subscription kind, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    handlers_[static_cast<std::size_t>(kind)].erase(name);
    unconfirmed_.erase({kind, name});
  }
  if (link_.up() && !names.empty()) say(words(kind).unsubscribe, names);
}

void Subscriber::on_up() {
  unconfirmed_.clear();
  for (const Subscription kind : kKinds) {
    std::vector<std::string> names;
    for (const auto& [name, handler] : handlers_[static_cast<std::size_t>(kind)]) names.push_back(name);
    request(kind, names);
  }
  heard_ = true;
  life_timer_.arm(kLifeSignInterval);
  if (unconfirmed_.empty() && on_ready_) on_ready_();
}

void Subscriber::on_down() {
  life_timer_.cancel();
  unconfirmed_.clear();
}

void Subscriber::on_reply(Reply reply) {
  heard_ = true;
  if (reply.is_error()) {  // not allowed to subscribe: no use without
    log::error("redis.subscription_refused", {{"error", reply.text()}});
    return link_.restart("subscription refused");
  }
  const std::string_view what = reply[0].text();
  for (const Subscription kind : kKinds) {
    if (what == words(kind).message) {
      const std::size_t at = kind == Subscription::pattern ? 2 : 1;
      return deliver(kind, reply[1].text(), reply[at].text(), reply[at + 1].text());
    }
    if (what == words(kind).subscribed) return confirm(kind, reply[1].text());
  }
}

void Subscriber::deliver(Subscription kind, std::string_view name, std::string_view channel, std::string_view payload) {
  stats_.messages.add();
  const Handlers& handlers = handlers_[static_cast<std::size_t>(kind)];
  const auto at = handlers.find(name);
  if (at == handlers.end()) return;
  const auto keep = at->second;
  (*keep)(channel, payload);
}

void Subscriber::confirm(Subscription kind, std::string_view name) {
  if (unconfirmed_.erase({kind, std::string(name)}) == 0) return;
  if (unconfirmed_.empty() && on_ready_) on_ready_();
}

void Subscriber::look_for_life() {
  if (!std::exchange(heard_, false)) return link_.restart("no sign of life");
  say("PING", {});
  life_timer_.arm(kLifeSignInterval);
}

}  // namespace tutti::redis
