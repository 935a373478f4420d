// The adapter's life, its connections, and what it sends without expecting an answer.
#include "adapter/redis/redis_adapter.hpp"

#include "adapter/redis/at_home.hpp"
#include "base/log.hpp"
#include "socketio/hub.hpp"

namespace tutti::adapter {
namespace {

using socketio::BroadcastFlags;
using socketio::OutgoingEvent;
using socketio::Packed;
using socketio::Selection;

constexpr std::chrono::seconds kHousekeepingInterval{1};

redis::LinkOptions link_options(const RedisAdapterOptions& options) {
  redis::LinkOptions link;
  link.url = options.url;
  return link;
}

}  // namespace

RedisAdapter::RedisAdapter(socketio::Server& server, redis::Dial dial, RedisAdapterOptions options)
    : server_(server),
      memory_(server),
      options_(std::move(options)),
      uid_(random_id(home().random()).substr(0, kIdSize)),
      client_(home(), dial, {.link = link_options(options_)}, redis_stats_),
      subscriber_(home(), dial, link_options(options_), redis_stats_),
      housekeeping_(home().scheduler(), [this] { keep_house(); }) {
  server_.observe_rooms(*this);
  home().post([this] {
    client_.start();
    subscriber_.start();
    housekeeping_.arm(kHousekeepingInterval);
  });
}

RedisAdapter::Channels RedisAdapter::channels(std::string_view nsp) const {
  const std::string name(nsp);
  const std::string responses = options_.key + "-response#" + name + "#";
  return {name, options_.key + "#" + name + "#", options_.key + "-request#" + name + "#", responses,
          responses + uid_ + "#"};
}

Shard& RedisAdapter::caller() { return server_.hub(server_.current_worker().value_or(0)).shard(); }

void RedisAdapter::open(std::string_view nsp) {
  at_home([this, nsp = std::string(nsp)] { subscribe(nsp); });
}

void RedisAdapter::subscribe(const std::string& nsp) {
  if (closed_ || subscribed_.contains(nsp)) return;
  const Channels& names = subscribed_.emplace(nsp, channels(nsp)).first->second;
  subscriber_.subscribe(redis::Subscription::pattern, {names.broadcasts + "*"},
                        [this, names](std::string_view channel, std::string_view payload) {
                          receive_broadcast(names, channel, payload);
                        });
  subscriber_.subscribe(redis::Subscription::channel, {names.requests, names.responses, names.own_responses},
                        [this, names](std::string_view channel, std::string_view payload) {
                          channel == names.requests ? receive_request(names, payload) : receive_response(payload);
                        });
}

void RedisAdapter::publish(std::string_view channel, std::string_view payload) {
  if (!closed_) client_.command({"PUBLISH", channel, payload}, options_.publish_late_max);
}

void RedisAdapter::publish_later(std::string channel, std::string payload) {
  at_home([this, channel = std::move(channel), payload = std::move(payload)] { publish(channel, payload); });
}

// Forgets namespaces that exist no more and acknowledgements that came to nothing.
void RedisAdapter::keep_house() {
  const TimePoint now = home().scheduler().now();
  std::erase_if(asked_, [&](const Asked& one) {
    if (one.deadline > now) return false;
    memory_.forget_ack(one.nsp, one.id);
    return true;
  });
  std::erase_if(subscribed_, [&](const auto& entry) {
    const Channels& names = entry.second;
    if (server_.find_record(names.nsp)) return false;
    subscriber_.unsubscribe(redis::Subscription::pattern, {names.broadcasts + "*"});
    subscriber_.unsubscribe(redis::Subscription::channel, {names.requests, names.responses, names.own_responses});
    return true;
  });
  housekeeping_.arm(kHousekeepingInterval);
}

void RedisAdapter::close(Task done) {
  at_home([this, done = std::move(done)]() mutable {
    closed_ = true;
    housekeeping_.cancel();
    subscriber_.close();
    client_.close();
    while (!gatherings_.empty()) end_gathering(std::string(gatherings_.begin()->first));
    done();
  });
}

void RedisAdapter::broadcast(const OutgoingEvent& event, const Selection& selection, const BroadcastFlags& flags) {
  if (!flags.local) {
    std::string channel = options_.key;
    channel.append("#").append(event.nsp).append("#");
    if (selection.rooms.size() == 1) channel.append(selection.rooms.front()).append("#");
    publish_later(std::move(channel), encode_broadcast(uid_, event, selection, flags));
  }
  memory_.broadcast(event, selection, flags);
}

// Happens on every server when the request comes, on this one, too: the order is that of Redis. Without Redis it is
// done here; coming late, it is done again, in the same order.
void RedisAdapter::tell_everybody(std::string_view nsp, std::string request, UniqueFunction<void()> do_it_here) {
  at_home([this, nsp = std::string(nsp), request = std::move(request), do_it_here = std::move(do_it_here)]() mutable {
    subscribe(nsp);
    publish(channels(nsp).requests, request);
    if (!client_.up() || !subscriber_.up()) do_it_here();
  });
}

void RedisAdapter::sockets_join(std::string_view nsp, const Selection& selection, std::vector<std::string> rooms,
                                const BroadcastFlags& flags) {
  if (flags.local) return memory_.sockets_join(nsp, selection, std::move(rooms), flags);
  tell_everybody(nsp, encode_rooms_request(RequestType::remote_join, uid_, selection, rooms),
                 [this, nsp = std::string(nsp), selection, rooms] { memory_.sockets_join(nsp, selection, rooms, {}); });
}

void RedisAdapter::sockets_leave(std::string_view nsp, const Selection& selection, std::vector<std::string> rooms,
                                 const BroadcastFlags& flags) {
  if (flags.local) return memory_.sockets_leave(nsp, selection, std::move(rooms), flags);
  tell_everybody(
      nsp, encode_rooms_request(RequestType::remote_leave, uid_, selection, rooms),
      [this, nsp = std::string(nsp), selection, rooms] { memory_.sockets_leave(nsp, selection, rooms, {}); });
}

void RedisAdapter::disconnect_sockets(std::string_view nsp, const Selection& selection, bool close,
                                      const BroadcastFlags& flags) {
  if (flags.local) return memory_.disconnect_sockets(nsp, selection, close, flags);
  tell_everybody(
      nsp, encode_disconnect_request(uid_, selection, close),
      [this, nsp = std::string(nsp), selection, close] { memory_.disconnect_sockets(nsp, selection, close, {}); });
}

std::string RedisAdapter::new_request_id() {
  for (;;) {
    std::string id = random_id(home().random()).substr(0, kIdSize);
    if (!gatherings_.contains(id) && !collectors_.contains(id)) return id;
  }
}

}  // namespace tutti::adapter
