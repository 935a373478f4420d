#include "socketio/server.hpp"

#include <atomic>

#include "socketio/recovery.hpp"

namespace tutti::socketio {

Server::Server(std::vector<Shard*> shards, Options options) : options_(std::move(options)) {
  TUTTI_ASSERT(!shards.empty());
  for (Shard* const shard : shards) {
    TUTTI_ASSERT(shard->index() == hubs_.size());
    hubs_.push_back(std::make_unique<Hub>(*this, *shard));
  }
}

Server::~Server() = default;

void Server::set_adapter(std::unique_ptr<Adapter> adapter) {
  adapter_ = std::move(adapter);
  for (const auto& [name, record] : records_) adapter_->open(name);
}

std::optional<std::uint32_t> Server::current_worker() const noexcept {
  thread_local std::uint32_t likely = 0;  // a thread is one worker for all its life
  if (likely < hubs_.size() && hubs_[likely]->shard().is_current()) return likely;
  for (std::uint32_t worker = 0; worker < hubs_.size(); ++worker) {
    if (hubs_[worker]->shard().is_current()) return likely = worker;
  }
  return std::nullopt;
}

void Server::on_every_hub(const std::function<void(Hub&)>& task) {
  for (const auto& hub : hubs_) {
    if (started_ && !hub->shard().is_current()) hub->shard().post([task, &target = *hub] { task(target); });
  }
  for (const auto& hub : hubs_) {
    if (!started_ || hub->shard().is_current()) task(*hub);
  }
}

std::shared_ptr<NamespaceRecord> Server::find_record(std::string_view name) {
  const std::lock_guard lock(records_mutex_);
  const auto at = records_.find(name);
  return at == records_.end() ? nullptr : at->second.lock();
}

std::shared_ptr<NamespaceRecord> Server::record(std::string_view name) {
  auto [found, is_new] = find_or_make_record(name);
  if (is_new && adapter_) adapter_->open(found->name);
  return found;
}

std::pair<std::shared_ptr<NamespaceRecord>, bool> Server::find_or_make_record(std::string_view name) {
  const std::lock_guard lock(records_mutex_);
  auto at = records_.find(name);
  if (at != records_.end()) {
    if (auto existing = at->second.lock()) return {std::move(existing), false};
  } else {
    std::erase_if(records_, [](const auto& entry) { return entry.second.expired(); });
    at = records_.emplace(name, std::weak_ptr<NamespaceRecord>()).first;
  }
  auto made = std::make_shared<NamespaceRecord>(std::string(name));
  if (options_.recovery) {
    SystemRandom random;
    made->recovery = std::make_unique<Recovery>(*options_.recovery, workers(), random);
  }
  at->second = made;
  return {std::move(made), true};
}

void Server::send(std::uint32_t shard, std::vector<Parcel> parcels) {
  Hub& hub = *hubs_[shard];
  hub.shard().post([&hub, parcels = std::move(parcels)] {
    for (const Parcel& parcel : parcels) {
      for (const std::uint64_t id : parcel.to) {
        Socket* const socket = hub.find(id);
        if (socket && socket->connected()) socket->send(parcel.packet.in(socket->form()), parcel.options);
      }
    }
  });
}

void Server::receive_server_side(std::string_view nsp, std::string_view name, const std::vector<Packed>& arguments,
                                 ServerSideReply reply) {
  if (server_side_listener_) server_side_listener_(nsp, name, arguments, std::move(reply));
}

void Server::shut_down(Task done) {
  struct Countdown {
    std::atomic<std::uint32_t> left{0};
    Task done;
  };
  auto countdown = std::make_shared<Countdown>();
  countdown->left = workers();
  countdown->done = std::move(done);
  Shard& first = hubs_.front()->shard();
  on_every_hub([countdown, &first](Hub& hub) {
    hub.shut_down();
    if (countdown->left.fetch_sub(1) == 1) first.post([countdown] { countdown->done(); });
  });
}

}  // namespace tutti::socketio
