// adapter/redis/redis_adapter.hpp: the adapter of a cluster: wire-exact with @socket.io/redis-adapter 8 (classic), so
// that servers of both makes share rooms, and with @socket.io/redis-emitter 5.
//
// Every server hears every broadcast of its namespaces; one for a room that has no member here is dropped before it is
// decoded. Local clients never wait for Redis: they are served first by the memory adapter.
//
// Redis lives on worker 0: one connection to publish, one to subscribe (servers are counted by subscribed connections).
// While Redis is away publications wait for at most publish_late_max; joins, leaves and disconnects, which otherwise
// happen when our own request comes back, are then done here at once as well.
//
// What cannot be understood is counted and dropped. Every question has a time limit, counting the servers included.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/ack_collector.hpp"
#include "adapter/memory/memory_adapter.hpp"
#include "adapter/redis/gathering.hpp"
#include "adapter/redis/messages.hpp"
#include "adapter/redis/options.hpp"
#include "metrics/metric.hpp"
#include "redis/client.hpp"
#include "redis/subscriber.hpp"
#include "socketio/adapter.hpp"
#include "socketio/server.hpp"

namespace tutti::adapter {

struct RedisAdapterStats {
  metrics::Counter broadcasts_received;
  metrics::Counter broadcasts_skipped;  // nobody here is in the room
  metrics::Counter requests_received;
  metrics::Counter undecodable;  // dropped
  metrics::Counter requests_timed_out;
};

class RedisAdapter final : public socketio::Adapter, private socketio::RoomObserver {
 public:
  // Before the server starts; connects from worker 0 once that runs.
  RedisAdapter(socketio::Server& server, redis::Dial dial, RedisAdapterOptions options);

  const RedisAdapterStats& stats() const noexcept { return stats_; }
  const redis::Stats& redis_stats() const noexcept { return redis_stats_; }
  // On worker 0: Redis hears and is heard.
  bool connected() const noexcept { return client_.up() && subscriber_.ready(); }

  // socketio::Adapter
  void open(std::string_view nsp) override;
  void broadcast(const socketio::OutgoingEvent& event, const socketio::Selection& selection,
                 const socketio::BroadcastFlags& flags) override;
  void broadcast_with_ack(const socketio::OutgoingEvent& event, const socketio::Selection& selection,
                          const socketio::BroadcastFlags& flags, socketio::OnResponses on_responses) override;
  void sockets_join(std::string_view nsp, const socketio::Selection& selection, std::vector<std::string> rooms,
                    const socketio::BroadcastFlags& flags) override;
  void sockets_leave(std::string_view nsp, const socketio::Selection& selection, std::vector<std::string> rooms,
                     const socketio::BroadcastFlags& flags) override;
  void disconnect_sockets(std::string_view nsp, const socketio::Selection& selection, bool close,
                          const socketio::BroadcastFlags& flags) override;
  void fetch_sockets(std::string_view nsp, const socketio::Selection& selection, const socketio::BroadcastFlags& flags,
                     socketio::OnSockets on_sockets) override;
  void all_rooms(std::string_view nsp, socketio::OnRooms on_rooms) override;
  void server_side_emit(std::string_view nsp, std::string_view name, std::vector<socketio::Packed> arguments,
                        socketio::OnResponses on_responses) override;
  void close(Task done) override;

 private:
  static constexpr std::size_t kIdSize = 6;  // of servers and requests, as in the Node adapter

  // A namespace's channels.
  struct Channels {
    std::string nsp, broadcasts, requests, responses, own_responses;
  };
  // A broadcast with acknowledgement that others asked our clients for.
  struct Asked {
    std::string nsp;
    std::uint64_t id;
    TimePoint deadline;
  };

  Channels channels(std::string_view nsp) const;
  Shard& home() { return server_.hub(0).shard(); }
  Shard& caller();
  template <class F>
  void at_home(F&& task);

  // On worker 0.
  void subscribe(const std::string& nsp);
  void publish(std::string_view channel, std::string_view payload);
  void publish_later(std::string channel, std::string payload);  // from any thread
  void tell_everybody(std::string_view nsp, std::string request, UniqueFunction<void()> do_it_here);
  void count_servers(std::string_view nsp, UniqueFunction<void(std::optional<std::size_t>)> on_count);
  std::string new_request_id();
  void gather(std::string_view nsp, const std::string& id, std::string request, Gathering::Hooks hooks);
  void end_gathering(const std::string& id);
  void keep_house();

  // What comes in, on worker 0.
  void receive_broadcast(const Channels& to, std::string_view channel, std::string_view payload);
  void receive_request(const Channels& to, std::string_view payload);
  void receive_response(std::string_view payload);
  bool answer(const Channels& to, const codec::Value& request);
  bool answer_question(const Channels& to, RequestType type, const std::string& id, const codec::Value& request);
  bool obey(const Channels& to, RequestType type, const codec::Value& request);
  bool obey_legacy(const Channels& to, RequestType type, const codec::Value& request);
  bool answer_server_side(const Channels& to, const codec::Value& request);
  bool answer_broadcast(const Channels& to, const std::string& id, const codec::Value& request);
  std::string response_channel(const Channels& to, const codec::Value& request) const;
  bool has_room(std::string_view nsp, std::string_view room);
  bool is_own(const codec::Value& request) const;
  void drop_undecodable(std::string_view what);

  // socketio::RoomObserver: registered so that the server knows which rooms its workers have.
  void on_room_created(std::string_view, std::string_view) override {}
  void on_room_deleted(std::string_view, std::string_view) override {}
  void on_room_joined(std::string_view, std::string_view, std::string_view) override {}
  void on_room_left(std::string_view, std::string_view, std::string_view) override {}

  socketio::Server& server_;
  MemoryAdapter memory_;
  const RedisAdapterOptions options_;
  const std::string uid_;
  RedisAdapterStats stats_;
  redis::Stats redis_stats_;
  redis::Client client_;
  redis::Subscriber subscriber_;
  bool closed_ = false;
  std::map<std::string, Channels, std::less<>> subscribed_;
  std::map<std::string, std::unique_ptr<Gathering>, std::less<>> gatherings_;
  std::map<std::string, std::shared_ptr<AckCollector>, std::less<>> collectors_;
  std::vector<Asked> asked_;
  CallbackTimer housekeeping_;
};

}  // namespace tutti::adapter
