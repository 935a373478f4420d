#include "adapter/memory/memory_adapter.hpp"

#include <algorithm>
#include <atomic>

#include "adapter/ack_collector.hpp"
#include "codec/msgpack.hpp"
#include "socketio/hub.hpp"
#include "socketio/recovery.hpp"

namespace tutti::adapter {
namespace {

using socketio::BroadcastFlags;
using socketio::Hub;
using socketio::Namespace;
using socketio::OutgoingEvent;
using socketio::Packed;
using socketio::Selection;

engineio::SendOptions send_options(const BroadcastFlags& flags) {
  return {.volatile_ = flags.volatile_, .compress = flags.compress};
}

// Runs it on the hub's worker: at once if that is the calling one.
template <class F>
void run_on(Hub& hub, F&& task) {
  if (hub.shard().is_current()) return task();
  hub.shard().post(std::forward<F>(task));
}

// What a broadcast hands to the workers; immutable.
struct Broadcast {
  std::string nsp;
  Selection selection;
  socketio::EncodedPacket packet;
  engineio::SendOptions options;
};

// Results of all workers, put together on one.
template <class T>
struct Gathering {
  std::vector<T> all;
  std::size_t workers_left;
};

Packed pack(std::span<const codec::Value> arguments) {
  Packed packed;
  codec::MsgpackWriter writer(packed);
  if (arguments.empty()) {
    writer.null();
  } else {
    writer.value(arguments.front());
  }
  return packed;
}

}  // namespace

// The worker that callbacks run on.
Hub& MemoryAdapter::home() { return server_.hub(server_.current_worker().value_or(0)); }

// Other workers first: they start while this one is busy with its own.
template <class Step>
void MemoryAdapter::on_every_namespace(std::string_view nsp, Step step) {
  const auto shared = std::make_shared<std::pair<std::string, Step>>(std::string(nsp), std::move(step));
  const auto run = [shared](Hub& hub) {
    if (Namespace* const local = hub.find(shared->first)) shared->second(*local);
  };
  const auto here = server_.current_worker();
  for (std::uint32_t worker = 0; worker < server_.workers(); ++worker) {
    Hub& hub = server_.hub(worker);
    if (worker != here) hub.shard().post([run, &hub] { run(hub); });
  }
  if (here) run(server_.hub(*here));
}

void MemoryAdapter::broadcast(const OutgoingEvent& event, const Selection& selection, const BroadcastFlags& flags) {
  const auto record = server_.find_record(event.nsp);
  if (!record) return;
  const socketio::Forms forms = record->forms_in_use();
  if (!forms.json && !forms.msgpack) return;
  if (record->recovery && !flags.volatile_) {
    const auto here = server_.current_worker();
    record->recovery->append(event, selection, send_options(flags), forms,
                             here ? std::optional(server_.hub(*here).shard().scheduler().now()) : std::nullopt);
    return on_every_namespace(event.nsp, [](Namespace& local) { local.catch_up(); });
  }
  const auto job = std::make_shared<const Broadcast>(
      Broadcast{std::string(event.nsp), selection,
                encode_event(forms, event.nsp, event.name, event.count,
                             [&event](codec::ValueWriter& writer) { event.write(writer); }),
                send_options(flags)});
  const auto deliver = [](const Broadcast& what, Hub& hub) {
    if (Namespace* const local = hub.find(what.nsp)) local->deliver(what.selection, what.packet, what.options);
  };
  const auto here = server_.current_worker();
  for (std::uint32_t worker = 0; worker < server_.workers(); ++worker) {
    Hub& hub = server_.hub(worker);
    if (worker != here) hub.shard().post([job, &hub, deliver] { deliver(*job, hub); });
  }
  if (here) deliver(*job, server_.hub(*here));
}

std::uint64_t MemoryAdapter::ask(const OutgoingEvent& event, const Selection& selection, const BroadcastFlags& flags,
                                 UniqueFunction<void(std::size_t)> on_count, UniqueFunction<void(Packed)> on_answer) {
  struct Question {
    Hub& asker;
    UniqueFunction<void(std::size_t)> on_count;
    UniqueFunction<void(Packed)> on_answer;
    std::size_t count = 0;
    std::size_t workers_left;
  };
  const auto question =
      std::make_shared<Question>(Question{home(), std::move(on_count), std::move(on_answer), 0, server_.workers()});
  const auto record = server_.find_record(event.nsp);
  if (!record) {
    run_on(question->asker, [question] { question->on_count(0); });
    return 0;
  }
  const std::uint64_t id = record->next_ack_id.fetch_add(1, std::memory_order_relaxed);
  const auto job = std::make_shared<const Broadcast>(
      Broadcast{std::string(event.nsp), selection,
                encode_event(
                    record->forms_in_use(), event.nsp, event.name, event.count,
                    [&event](codec::ValueWriter& writer) { event.write(writer); }, id),
                send_options(flags)});
  const auto ask_worker = [question, job, id](Hub& hub) {
    const auto on_ack = std::make_shared<UniqueFunction<void(std::span<const codec::Value>)>>(
        [question](std::span<const codec::Value> arguments) {
          run_on(question->asker,
                 [question, answer = pack(arguments)]() mutable { question->on_answer(std::move(answer)); });
        });
    Namespace* const local = hub.find(job->nsp);
    const std::size_t count =
        local ? local->deliver_with_ack(job->selection, job->packet, job->options, id, on_ack) : 0;
    run_on(question->asker, [question, count] {
      question->count += count;
      if (--question->workers_left == 0) question->on_count(question->count);
    });
  };
  server_.on_every_hub(ask_worker);
  return id;
}

void MemoryAdapter::forget_ack(std::string_view nsp, std::uint64_t id) {
  on_every_namespace(nsp, [id](Namespace& local) { local.forget_ack(id); });
}

void MemoryAdapter::broadcast_with_ack(const OutgoingEvent& event, const Selection& selection,
                                       const BroadcastFlags& flags, socketio::OnResponses on_responses) {
  struct Asked {
    std::shared_ptr<AckCollector> collector;
    std::atomic<std::uint64_t> id{0};
  };
  // The timer belongs to the worker that is called back: what happens on another thread comes to it as tasks.
  const auto asked = std::make_shared<Asked>();
  auto begin = [this, asked, nsp = std::string(event.nsp), timeout = flags.timeout.value_or(Duration::zero()),
                on_responses = std::move(on_responses)]() mutable {
    asked->collector = AckCollector::start(home().shard().scheduler(), timeout, std::move(on_responses),
                                           [this, nsp, asked](bool complete) {
                                             if (!complete) forget_ack(nsp, asked->id);
                                             asked->collector.reset();
                                           });
    asked->collector->expect_servers(1);
  };
  run_on(home(), std::move(begin));
  asked->id = ask(
      event, selection, flags,
      [asked](std::size_t count) {
        if (const auto collector = asked->collector) collector->add_client_count(count);
      },
      [asked](Packed answer) {
        if (const auto collector = asked->collector) collector->add_response(std::move(answer));
      });
}

void MemoryAdapter::sockets_join(std::string_view nsp, const Selection& selection, std::vector<std::string> rooms,
                                 const BroadcastFlags&) {
  on_every_namespace(nsp, [selection, rooms = std::move(rooms)](Namespace& local) {
    for (const socketio::SocketRef& socket : local.select(selection)) {
      for (const std::string& room : rooms) socket->join(room);
    }
  });
}

void MemoryAdapter::sockets_leave(std::string_view nsp, const Selection& selection, std::vector<std::string> rooms,
                                  const BroadcastFlags&) {
  on_every_namespace(nsp, [selection, rooms = std::move(rooms)](Namespace& local) {
    for (const socketio::SocketRef& socket : local.select(selection)) {
      for (const std::string& room : rooms) socket->leave(room);
    }
  });
}

void MemoryAdapter::disconnect_sockets(std::string_view nsp, const Selection& selection, bool close,
                                       const BroadcastFlags&) {
  on_every_namespace(nsp, [selection, close](Namespace& local) {
    for (const socketio::SocketRef& socket : local.select(selection)) socket->disconnect(close);
  });
}

void MemoryAdapter::fetch_sockets(std::string_view nsp, const Selection& selection, const BroadcastFlags&,
                                  socketio::OnSockets on_sockets) {
  struct Fetch : Gathering<socketio::SocketDescription> {
    socketio::OnSockets done;
  };
  const auto fetch = std::make_shared<Fetch>();
  fetch->workers_left = server_.workers();
  fetch->done = std::move(on_sockets);
  server_.on_every_hub([fetch, &asker = home(), nsp = std::string(nsp), selection](Hub& hub) {
    Namespace* const local = hub.find(nsp);
    auto found = local ? local->describe(selection) : std::vector<socketio::SocketDescription>();
    run_on(asker, [fetch, found = std::move(found)]() mutable {
      std::move(found.begin(), found.end(), std::back_inserter(fetch->all));
      if (--fetch->workers_left == 0) fetch->done(std::move(fetch->all));
    });
  });
}

void MemoryAdapter::all_rooms(std::string_view nsp, socketio::OnRooms on_rooms) {
  struct Fetch : Gathering<std::string> {
    socketio::OnRooms done;
  };
  const auto fetch = std::make_shared<Fetch>();
  fetch->workers_left = server_.workers();
  fetch->done = std::move(on_rooms);
  server_.on_every_hub([fetch, &asker = home(), nsp = std::string(nsp)](Hub& hub) {
    std::vector<std::string> found;
    if (Namespace* const local = hub.find(nsp)) {
      found = local->rooms();
      for (const socketio::SocketRef& socket : local->select({})) found.emplace_back(socket->id());
    }
    run_on(asker, [fetch, found = std::move(found)]() mutable {
      std::move(found.begin(), found.end(), std::back_inserter(fetch->all));
      if (--fetch->workers_left > 0) return;
      std::sort(fetch->all.begin(), fetch->all.end());
      fetch->all.erase(std::unique(fetch->all.begin(), fetch->all.end()), fetch->all.end());
      fetch->done(std::move(fetch->all));
    });
  });
}

// There is no other server.
void MemoryAdapter::server_side_emit(std::string_view, std::string_view, std::vector<Packed>,
                                     socketio::OnResponses on_responses) {
  if (!on_responses) return;
  home().shard().post([on_responses = std::move(on_responses)]() mutable { on_responses({}); });
}

void MemoryAdapter::close(Task done) { run_on(home(), std::move(done)); }

}  // namespace tutti::adapter
