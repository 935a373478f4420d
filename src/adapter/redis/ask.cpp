// What the adapter asks the other servers.
#include <algorithm>
#include <set>

#include "adapter/redis/at_home.hpp"
#include "socketio/hub.hpp"

namespace tutti::adapter {
namespace {

using codec::Value;
using socketio::BroadcastFlags;
using socketio::OutgoingEvent;
using socketio::Packed;
using socketio::Selection;
using socketio::SocketDescription;

// The callback on the shard that it belongs to.
template <class Callback>
auto back_on(Shard& shard, Callback callback) {
  return [&shard, callback = std::make_shared<Callback>(std::move(callback))](auto result) {
    run_on(shard, [callback, result = std::move(result)]() mutable { (*callback)(std::move(result)); });
  };
}

std::optional<SocketDescription> description_of(const Value& value) {
  auto id = text_of(value["id"]);
  auto rooms = names_of(value["rooms"]);
  if (!id || !rooms) return std::nullopt;
  return SocketDescription{std::move(*id), std::move(*rooms), packed(value["handshake"]), packed(value["data"])};
}

}  // namespace

void RedisAdapter::count_servers(std::string_view nsp, UniqueFunction<void(std::optional<std::size_t>)> on_count) {
  const std::string requests = channels(nsp).requests;
  client_.command({"PUBSUB", "NUMSUB", requests}, options_.requests_timeout,
                  [on_count = std::move(on_count)](Result<redis::Reply, redis::CommandError> reply) mutable {
                    if (!reply.has_value() || reply->is_error() || reply->size() < 2) return on_count(std::nullopt);
                    on_count(static_cast<std::size_t>((*reply)[1].integer()));
                  });
}

void RedisAdapter::gather(std::string_view nsp, const std::string& id, std::string request, Gathering::Hooks hooks) {
  auto made = std::make_unique<Gathering>(home().scheduler(), std::move(hooks), [this, id] {
    stats_.requests_timed_out.add();
    end_gathering(id);
  });
  made->start(options_.requests_timeout);
  gatherings_.emplace(id, std::move(made));
  count_servers(nsp,
                [this, id, nsp = std::string(nsp), request = std::move(request)](std::optional<std::size_t> count) {
                  const auto at = gatherings_.find(id);
                  if (at == gatherings_.end()) return;
                  if (!count) return end_gathering(id);
                  at->second->expect(*count > 0 ? *count - 1 : 0);
                  if (at->second->complete()) return end_gathering(id);
                  publish(channels(nsp).requests, request);
                });
}

void RedisAdapter::end_gathering(const std::string& id) {
  const auto node = gatherings_.extract(id);
  if (!node) return;
  node.mapped()->end();
}

void RedisAdapter::fetch_sockets(std::string_view nsp, const Selection& selection, const BroadcastFlags& flags,
                                 socketio::OnSockets on_sockets) {
  if (flags.local) return memory_.fetch_sockets(nsp, selection, flags, std::move(on_sockets));
  at_home([this, nsp = std::string(nsp), selection, done = back_on(caller(), std::move(on_sockets))]() mutable {
    using Found = Result<std::vector<SocketDescription>, std::string>;
    memory_.fetch_sockets(nsp, selection, {}, [this, nsp, selection, done](Found local) mutable {
      const auto found = std::make_shared<std::vector<SocketDescription>>(std::move(*local));
      const std::string id = new_request_id();
      gather(nsp, id, encode_fetch_request(uid_, id, selection),
             {[found](const Value& answer) {
                const Value sockets = answer["sockets"];
                if (!sockets.is_array()) return false;
                for (const Value& socket : sockets.elements()) {
                  if (auto description = description_of(socket)) found->push_back(std::move(*description));
                }
                return true;
              },
              [found, done](GatheringEnd end) mutable {
                if (end.complete()) return done(Found(std::move(*found)));
                done(Found(std::string("timeout reached while waiting for fetchSockets response")));
              }});
    });
  });
}

void RedisAdapter::all_rooms(std::string_view nsp, socketio::OnRooms on_rooms) {
  at_home([this, nsp = std::string(nsp), done = back_on(caller(), std::move(on_rooms))]() mutable {
    using Found = Result<std::vector<std::string>, std::string>;
    memory_.all_rooms(nsp, [this, nsp, done](Found local) mutable {
      const auto found = std::make_shared<std::set<std::string>>(local->begin(), local->end());
      const std::string id = new_request_id();
      gather(nsp, id, encode_all_rooms_request(uid_, id),
             {[found](const Value& answer) {
                if (!answer["rooms"].is_array()) return false;
                auto rooms = names_of(answer["rooms"]);
                if (rooms) found->insert(rooms->begin(), rooms->end());
                return true;
              },
              [found, done](GatheringEnd end) mutable {
                if (end.complete()) return done(Found(std::vector<std::string>(found->begin(), found->end())));
                done(Found(std::string("timeout reached while waiting for allRooms response")));
              }});
    });
  });
}

void RedisAdapter::server_side_emit(std::string_view nsp, std::string_view name, std::vector<Packed> arguments,
                                    socketio::OnResponses on_responses) {
  if (!on_responses) {
    return publish_later(channels(nsp).requests, encode_server_side_emit(uid_, {}, name, arguments));
  }
  at_home([this, nsp = std::string(nsp), name = std::string(name), arguments = std::move(arguments),
           done = back_on(caller(), std::move(on_responses))]() mutable {
    const auto found = std::make_shared<socketio::AckResponses>();
    const std::string id = new_request_id();
    gather(nsp, id, encode_server_side_emit(uid_, id, name, arguments),
           {[found](const Value& answer) {
              found->responses.push_back(packed(answer["data"]));
              return true;
            },
            [found, done](GatheringEnd end) mutable {
              if (!end.complete()) {
                found->error = "timeout reached: only " + std::to_string(end.answers) + " responses received out of " +
                               std::to_string(end.expected.value_or(0));
              }
              done(std::move(*found));
            }});
  });
}

void RedisAdapter::broadcast_with_ack(const OutgoingEvent& event, const Selection& selection,
                                      const BroadcastFlags& flags, socketio::OnResponses on_responses) {
  if (flags.local) return memory_.broadcast_with_ack(event, selection, flags, std::move(on_responses));
  struct Asking {
    std::string id;
    std::shared_ptr<AckCollector> collector;
    std::optional<std::uint64_t> local_id;
    bool over = false;
  };
  const auto asking = std::make_shared<Asking>();
  asking->id = random_id(server_.hub(server_.current_worker().value_or(0)).shard().random()).substr(0, kIdSize);
  BroadcastFlags on_the_wire = flags;
  on_the_wire.timeout = flags.timeout.value_or(options_.requests_timeout);
  const std::string nsp(event.nsp);

  // First the others, then the clients here: what follows comes to worker 0 after this.
  at_home([this, asking, nsp, timeout = *on_the_wire.timeout,
           request = encode_broadcast_request(uid_, asking->id, event, selection, on_the_wire),
           done = back_on(caller(), std::move(on_responses))]() mutable {
    asking->collector = AckCollector::start(home().scheduler(), timeout, std::move(done), [this, asking, nsp](bool) {
      asking->over = true;
      asking->collector.reset();
      collectors_.erase(asking->id);
      if (asking->local_id) memory_.forget_ack(nsp, *asking->local_id);
    });
    collectors_.emplace(asking->id, asking->collector);
    publish(channels(nsp).requests, request);
    count_servers(nsp, [collector = asking->collector](std::optional<std::size_t> count) {
      if (count && !collector->over()) collector->expect_servers(std::max<std::size_t>(*count, 1));
    });
  });
  const std::uint64_t local_id = memory_.ask(
      event, selection, flags,
      [this, asking](std::size_t count) {
        at_home([asking, count] {
          if (!asking->over) asking->collector->add_client_count(count);
        });
      },
      [this, asking](Packed answer) {
        at_home([asking, answer = std::move(answer)]() mutable {
          if (!asking->over) asking->collector->add_response(std::move(answer));
        });
      });
  at_home([this, asking, nsp, local_id] {
    asking->local_id = local_id;
    if (asking->over) memory_.forget_ack(nsp, local_id);
  });
}

void RedisAdapter::receive_response(std::string_view payload) {
  codec::Arena arena;
  const auto answer = decode_message(payload, arena);
  if (!answer || !answer->is_object()) return drop_undecodable("response");
  const auto id = text_of((*answer)["requestId"]);
  if (!id) return drop_undecodable("response");
  if (const auto at = collectors_.find(*id); at != collectors_.end()) {
    const auto collector = at->second;
    const auto type = (*answer)["type"].whole_number();
    if (type == static_cast<int>(RequestType::broadcast_client_count)) {
      const auto count = (*answer)["clientCount"].whole_number();
      if (count && *count >= 0) collector->add_client_count(static_cast<std::size_t>(*count));
    } else if (type == static_cast<int>(RequestType::broadcast_ack)) {
      collector->add_response(packed((*answer)["packet"]));
    }
    return;
  }
  const auto at = gatherings_.find(*id);
  if (at == gatherings_.end()) return;
  at->second->take(*answer);
  if (at->second->complete()) end_gathering(*id);
}

}  // namespace tutti::adapter
