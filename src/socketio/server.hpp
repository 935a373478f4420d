// socketio/server.hpp: Socket.IO over all workers of one program: a Hub for each, and what they share.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shard.hpp"
#include "socketio/adapter.hpp"
#include "socketio/hub.hpp"
#include "socketio/native.hpp"
#include "socketio/options.hpp"

namespace tutti::socketio {

// Hears of rooms, those of sockets' own ids excepted. Called on the worker where it happens.
class RoomObserver {
 public:
  virtual void on_room_created(std::string_view nsp, std::string_view room) = 0;  // on no worker before
  virtual void on_room_deleted(std::string_view nsp, std::string_view room) = 0;  // on no worker any more
  virtual void on_room_joined(std::string_view nsp, std::string_view room, std::string_view id) = 0;
  virtual void on_room_left(std::string_view nsp, std::string_view room, std::string_view id) = 0;

 protected:
  ~RoomObserver() = default;
};

// What another server's server_side_emit runs here. `reply` is empty if no answer is asked for; else call it once,
// from any thread.
using ServerSideReply = UniqueFunction<void(Packed first_argument)>;
using ServerSideListener = std::function<void(std::string_view nsp, std::string_view name,
                                              const std::vector<Packed>& arguments, ServerSideReply reply)>;

class Server final : public Courier {
 public:
  // The shards must outlive the server and be numbered 0, 1, …
  Server(std::vector<Shard*> shards, Options options);
  ~Server();

  // Before start().
  void set_adapter(std::unique_ptr<Adapter> adapter);
  void observe_rooms(RoomObserver& observer) { observers_.push_back(&observer); }
  void set_server_side_listener(ServerSideListener listener) { server_side_listener_ = std::move(listener); }
  // From now on every hub belongs to its worker.
  void start() { started_ = true; }

  const Options& options() const noexcept { return options_; }
  std::uint32_t workers() const noexcept { return static_cast<std::uint32_t>(hubs_.size()); }
  Hub& hub(std::uint32_t worker) noexcept { return *hubs_[worker]; }
  Adapter& adapter() noexcept { return *adapter_; }
  // The worker that runs the calling thread, if one does.
  std::optional<std::uint32_t> current_worker() const noexcept;
  // Runs it for every hub on its worker: at once where that is the calling one or before start(), else posted.
  void on_every_hub(const std::function<void(Hub&)>& task);

  // What the workers share of a namespace. Thread-safe.
  std::shared_ptr<NamespaceRecord> record(std::string_view name);
  // nullptr: it exists on no worker.
  std::shared_ptr<NamespaceRecord> find_record(std::string_view name);
  const std::vector<RoomObserver*>& room_observers() const noexcept { return observers_; }
  void receive_server_side(std::string_view nsp, std::string_view name, const std::vector<Packed>& arguments,
                           ServerSideReply reply);

  // Courier
  void send(std::uint32_t shard, std::vector<Parcel> parcels) override;

  // All sockets leave ("server shutting down"). Thread-safe; `done` runs on worker 0.
  void shut_down(Task done);

 private:
  std::pair<std::shared_ptr<NamespaceRecord>, bool> find_or_make_record(std::string_view name);  // true: made

  Options options_;
  std::vector<std::unique_ptr<Hub>> hubs_;
  std::unique_ptr<Adapter> adapter_;
  std::vector<RoomObserver*> observers_;
  ServerSideListener server_side_listener_;
  bool started_ = false;
  std::mutex records_mutex_;
  StringMap<std::weak_ptr<NamespaceRecord>> records_;
};

}  // namespace tutti::socketio
