#include "cluster.hpp"

#include <algorithm>
#include <cstdio>

#include "codec/json.hpp"
#include "documents/changes.hpp"
#include "ot/algebra.hpp"
#include "random_change.hpp"

namespace tutti::sim {
namespace {

using namespace std::chrono_literals;
using codec::Value;
using documents::Connection;
using documents::ReplyTo;
using documents::Session;

constexpr Duration kLatency = 12ms;
constexpr Duration kThink = 25ms;

}  // namespace

// A connection between one person and one server, with a wire in each direction that keeps the order.
struct Cluster::Link {
  Connection connection = 0;
  std::size_t server = 0;
  Person* person = nullptr;  // null: the person has gone, the server does not know yet
  documents::PeerPtr peer;
  bool cut = false;  // the server knows
  bool slow = false;
  TimePoint last_up{};
  TimePoint last_down{};
  std::map<std::uint64_t, std::string> asked;  // acknowledgement id -> "open", "operation 3", "close", "nonsense"
  std::uint64_t next_ack = 1;
};

struct Cluster::Person {
  explicit Person(std::string client) : model(std::move(client)) {}
  ClientModel model;
  std::string user;
  Link* link = nullptr;
  bool wants_open = true;
  bool ended = false;
  bool opening = false;
  std::set<std::string> others;  // socket ids of who is in the document, as this person was told
  bool knows_others = false;
};

// Changes an operation now and then: drops it, or adds a mark.
class Cluster::Hook final : public documents::OperationHook {
 public:
  explicit Hook(Loop& loop) : loop_(loop) {}
  std::optional<documents::Change> before_commit(std::string_view, const documents::Author&,
                                                 const documents::Change& change) override {
    if (!loop_.chance(0.01)) return std::nullopt;
    if (loop_.chance(0.5)) return documents::Change();
    return ot::compose(change, *ot::ChangeBuilder().insert("!").build());
  }

 private:
  Loop& loop_;
};

void Counts::add(const Counts& o) {
  edits += o.edits, committed += o.committed, revisions += o.revisions, acknowledgements += o.acknowledgements;
  corrections += o.corrections, conflicts += o.conflicts, duplicates += o.duplicates, wholes += o.wholes;
  reconnects += o.reconnects, server_crashes += o.server_crashes, store_crashes += o.store_crashes, slow += o.slow;
  refused += o.refused, catch_ups += o.catch_ups, unavailable += o.unavailable, presence += o.presence;
  replaced += o.replaced, refused_and_committed += o.refused_and_committed;
}

std::string Counts::json() const {
  std::string text;
  codec::JsonWriter writer(text);
  const std::pair<std::string_view, std::uint64_t> all[] = {{"edits", edits},
                                                            {"committed", committed},
                                                            {"revisions", revisions},
                                                            {"acknowledgements", acknowledgements},
                                                            {"corrections", corrections},
                                                            {"conflicts", conflicts},
                                                            {"duplicates", duplicates},
                                                            {"wholes", wholes},
                                                            {"reconnects", reconnects},
                                                            {"serverCrashes", server_crashes},
                                                            {"storeCrashes", store_crashes},
                                                            {"slow", slow},
                                                            {"refused", refused},
                                                            {"catchUps", catch_ups},
                                                            {"unavailable", unavailable},
                                                            {"presence", presence},
                                                            {"replaced", replaced},
                                                            {"refusedAndCommitted", refused_and_committed}};
  writer.begin_object(std::size(all));
  for (const auto& [name, count] : all) writer.field(name, static_cast<std::int64_t>(count));
  writer.end_object();
  return text;
}

Cluster::Cluster(std::uint64_t seed) : loop_(seed) {
  rich_ = loop_.chance(0.3);
  limits_.memory_revisions = 2 + loop_.below(30);
  limits_.snapshot_every = 3 + loop_.below(40);
  limits_.log_window_revisions = loop_.chance(0.3) ? 5 + loop_.below(40) : 1'000'000;
  limits_.log_window_age = 0h;
  limits_.users = loop_.chance(0.3) ? 2 : 100;
  limits_.retry_after = 30ms;
  limits_.interval_per_member = std::chrono::microseconds(loop_.below(4000));
  if (loop_.chance(0.1)) limits_.document_bytes = 60;
  StoreFaults faults;
  faults.forgets = loop_.chance(0.1);
  if (loop_.chance(0.3)) faults.unavailable = faults.lost_answer = 0;
  store_ = std::make_unique<Store>(loop_, faults);
  if (loop_.chance(0.5)) hook_ = std::make_unique<Hook>(loop_);
  const double crash_at_answer = loop_.chance(0.5) ? 0.005 : 0;
  const std::size_t servers = 1 + loop_.below(3);
  for (std::size_t i = 0; i < servers; ++i) {
    servers_.push_back(std::make_unique<ServerNode>(
        loop_, *store_, limits_, hook_.get(),
        [this, i](Connection connection, Message message) { from_server(i, connection, std::move(message)); },
        crash_at_answer));
    servers_.back()->on_crash = [this, i] { server_crashed(i); };
  }
  const std::size_t people = 2 + loop_.below(5);
  for (std::size_t i = 0; i < people; ++i) {
    people_.push_back(std::make_unique<Person>("client-" + std::to_string(i)));
    people_.back()->user = i % 3 == 2 ? "user-0" : "user-" + std::to_string(i);
  }
}

Cluster::~Cluster() = default;

std::string Cluster::time() const {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::microseconds>(loop_.clock.now().time_since_epoch()).count());
}

void Cluster::hash(std::string_view text) {
  for (const char byte : text) digest_ = (digest_ ^ static_cast<unsigned char>(byte)) * 1099511628211ull;
}

std::optional<std::string> Cluster::run() {
  try {
    // The document is made by one of them; of which type, the store knows.
    store_->durable().create("doc", {rich_ ? "rich-text" : "text", random_id(loop_.random), 0});
    for (const auto& person : people_) think(*person);
    disturb();
    for (std::size_t i = 0; i < servers_.size(); ++i) spread_news(i);
    loop_.run_until(loop_.clock.now() + 2500ms);
    heal();
    const TimePoint end = loop_.clock.now() + 120s;
    while (!quiet()) {
      if (!loop_.step(end)) return "it does not become quiet";
    }
    loop_.run_until(loop_.clock.now() + 5s);
    return verify();
  } catch (const ProtocolBreak& broken) {
    return broken.what();
  }
}

// ---- people

void Cluster::think(Person& person) {
  loop_.after(loop_.up_to(kThink), [this, &person] {
    if (!person.ended) act(person);
    think(person);
  });
}

void Cluster::act(Person& person) {
  if (healing_) {
    if (person.link == nullptr) return connect(person);
    if (!person.model.is_open() && !person.opening) return open(person);
    return send_operation(person);
  }
  const std::uint64_t dice = loop_.below(100);
  if (person.link == nullptr) {
    if (dice < 50 && person.model.has_content()) return type(person);
    if (dice < 75) connect(person);
    return;
  }
  if (!person.model.is_open() && !person.opening && dice < 60) return open(person);
  if (dice < 60 && person.model.has_content()) {
    type(person);
  } else if (dice < 64) {
    drop(person);
  } else if (dice < 66) {
    close(person);
  } else if (dice < 76) {
    send_presence(person);
  } else if (dice < 80) {
    send_nonsense(person);
  } else if (dice < 84 && !person.link->slow) {
    ++counts_.slow;
    Link& link = *person.link;
    link.slow = true;
    if (servers_[link.server]->up()) servers_[link.server]->session().set_slow(link.connection, true);
  } else if (dice < 92 && person.link->slow) {
    Link& link = *person.link;
    link.slow = false;
    if (servers_[link.server]->up()) servers_[link.server]->session().set_slow(link.connection, false);
  }
  send_operation(person);
}

void Cluster::type(Person& person) {
  ++counts_.edits;
  person.model.edit(random_change(loop_, person.model.content(), rich_));
  send_operation(person);
}

void Cluster::connect(Person& person) {
  const std::size_t server = loop_.below(servers_.size());
  if (!servers_[server]->up()) return;
  ++counts_.reconnects;
  auto link = std::make_unique<Link>();
  link->connection = next_connection_++;
  link->server = server;
  link->person = &person;
  link->peer = std::make_shared<const documents::Peer>(
      documents::Peer{link->connection, "s" + std::to_string(link->connection), person.user, false});
  person.link = link.get();
  person.model.disconnected();
  person.opening = person.knows_others = false;
  links_.emplace(link->connection, std::move(link));
  open(person);
}

// The person is gone at once; the server learns it later, or never, if it has crashed meanwhile.
void Cluster::drop(Person& person) {
  Link* link = person.link;
  if (link == nullptr) return;
  person.link = nullptr;
  person.opening = false;
  person.model.disconnected();
  link->person = nullptr;
  loop_.after(loop_.up_to(healing_ ? 1ms : 400ms), [this, connection = link->connection] {
    const auto found = links_.find(connection);
    if (found == links_.end()) return;
    Link& gone = *found->second;
    if (!gone.cut && servers_[gone.server]->up()) servers_[gone.server]->session().disconnected(connection);
    links_.erase(found);
  });
}

std::uint64_t Cluster::ask(Person& person, std::string what) {
  Link& link = *person.link;
  if (trace) {
    std::fprintf(stderr, "%s %s %llu at %llu asks %llu: %s\n", time().c_str(), person.model.client().c_str(),
                 static_cast<unsigned long long>(link.connection),
                 static_cast<unsigned long long>(person.model.version()),
                 static_cast<unsigned long long>(link.next_ack), what.c_str());
  }
  link.asked.emplace(link.next_ack, std::move(what));
  return link.next_ack++;
}

void Cluster::open(Person& person) {
  person.opening = true;
  const std::uint64_t ack = ask(person, "open");
  to_server(*person.link, [this, ack, json = person.model.open_payload()](Session& session, Link& link) {
    codec::Arena arena;
    auto request = documents::parse_open(*codec::parse_json(json, arena), limits_);
    if (!request.has_value()) throw ProtocolBreak("document:open was refused: " + request.error().message);
    session.open(link.peer, {link.connection, ack}, std::move(*request), link.slow);
  });
}

void Cluster::close(Person& person) {
  const std::uint64_t ack = ask(person, "close");
  to_server(*person.link, [ack](Session& session, Link& link) { session.close({link.connection, ack}); });
}

void Cluster::send_operation(Person& person) {
  if (person.link == nullptr) return;
  auto json = person.model.operation_payload();
  if (!json) return;
  const std::uint64_t ack = ask(person, "operation " + std::to_string(person.model.seq()));
  const bool twice = !healing_ && loop_.chance(0.02);
  const std::uint64_t again = twice ? ask(person, "operation " + std::to_string(person.model.seq())) : 0;
  to_server(*person.link, [this, ack, again, json = std::move(*json)](Session& session, Link& link) {
    codec::Arena arena;
    auto request = documents::parse_operation(*codec::parse_json(json, arena), limits_);
    if (!request.has_value()) throw ProtocolBreak("an operation was refused: " + request.error().message);
    if (again != 0) session.operation({link.connection, again}, *request);
    session.operation({link.connection, ack}, std::move(*request));
  });
}

void Cluster::send_presence(Person& person) {
  if (!person.model.settled()) return;
  const std::size_t length = person.model.content().target_length();
  documents::PresenceRequest request;
  request.document = "doc";
  request.version = person.model.version();
  request.cursor = documents::Cursor{loop_.below(length + 1), loop_.below(length + 1)};
  to_server(*person.link, [request](Session& session, Link& link) { session.move_presence(link.connection, request); });
}

// Operations that break the rules: each must be refused, and leave everything as it is.
void Cluster::send_nonsense(Person& person) {
  if (!person.model.is_open()) return;
  documents::OperationRequest request;
  request.document = "doc";
  request.client = person.model.client();
  request.version = person.model.version();
  request.seq = person.model.seq() + 1000;
  request.change = *ot::ChangeBuilder().insert("NONSENSE").build();
  switch (loop_.below(3)) {
    case 0:
      request.version += 1000;
      break;
    case 1:
      request.client = "somebody else";
      break;
    default:
      request.refused = documents::Error{documents::ErrorCode::invalid_operation, "not a change"};
  }
  const std::uint64_t ack = ask(person, "nonsense");
  to_server(*person.link, [ack, request](Session& session, Link& link) {
    session.operation({link.connection, ack}, request);
  });
}

// ---- wires

void Cluster::to_server(Link& link, UniqueFunction<void(Session&, Link&)> request) {
  link.last_up = std::max(link.last_up, loop_.clock.now() + loop_.up_to(kLatency));
  loop_.after(link.last_up - loop_.clock.now(),
              [this, connection = link.connection, request = std::move(request)]() mutable {
                const auto found = links_.find(connection);
                // What a person sent before it dropped may arrive.
                if (found == links_.end() || found->second->cut) return;
                ServerNode& server = *servers_[found->second->server];
                if (server.up()) request(server.session(), *found->second);
              });
}

void Cluster::from_server(std::size_t server, Connection connection, Message message) {
  hash(message.event), hash(message.json);
  if (trace) {
    std::fprintf(stderr, "%s -> %llu %s %s\n", time().c_str(), static_cast<unsigned long long>(connection),
                 message.event.empty() ? ("answer " + std::to_string(message.ack)).c_str() : message.event.c_str(),
                 message.json.c_str());
  }
  const auto found = links_.find(connection);
  if (found == links_.end() || found->second->cut) return;
  Link& link = *found->second;
  if (link.server != server) throw ProtocolBreak("a message to a connection of another server");
  if (link.slow && (message.event == "update" || message.event == "presence" || message.event == "acknowledged")) {
    throw ProtocolBreak("a delivery to a member that is slow");
  }
  link.last_down = std::max(link.last_down, loop_.clock.now() + loop_.up_to(kLatency));
  loop_.after(link.last_down - loop_.clock.now(), [this, connection, message = std::move(message)] {
    const auto it = links_.find(connection);
    if (it != links_.end() && !it->second->cut && it->second->person != nullptr) receive(*it->second, message);
  });
}

void Cluster::receive(Link& link, const Message& message) {
  Person& person = *link.person;
  codec::Arena arena;
  const auto payload = codec::parse_json(message.json, arena);
  if (!payload.has_value()) throw ProtocolBreak("a message is not JSON");
  if (message.event.empty()) {
    answered(person, link, message, *payload);
  } else {
    happened(person, message, *payload);
  }
  send_operation(person);
}

void Cluster::answered(Person& person, Link& link, const Message& message, const Value& payload) {
  const auto found = link.asked.find(message.ack);
  if (found == link.asked.end()) throw ProtocolBreak("an answer to nothing, or a second one");
  const std::string what = found->second;
  link.asked.erase(found);
  const bool ok = payload["ok"].as_boolean();
  if (!ok) ++counts_.refused;
  if (what == "nonsense") {
    if (ok) throw ProtocolBreak("nonsense was accepted");
    // It may be stale before anything else is seen, and that counts as a delivery.
    if (payload["error"]["code"].as_string() == "stale") follow(person, person.model.operation_answered(0, payload));
  }
  if (what == "open") {
    person.opening = false;
    if (ok) note_people(person, "", payload);
    follow(person, person.model.opened(payload));
  } else if (what == "close") {
    const std::size_t opens = static_cast<std::size_t>(
        std::count_if(link.asked.begin(), link.asked.end(), [](const auto& it) { return it.second == "open"; }));
    if (opens == 0) person.model.disconnected();
  } else if (what.starts_with("operation ")) {
    follow(person, person.model.operation_answered(std::stoull(what.substr(10)), payload));
  }
}

void Cluster::happened(Person& person, const Message& message, const Value& payload) {
  if (message.event == "update") return follow(person, person.model.update(payload));
  if (message.event == "acknowledged") return follow(person, person.model.acknowledged(payload));
  if (message.event == "presence") return check_presence(person, payload);
  if (message.event == "document:closed") {
    person.knows_others = false;
    const auto then = person.model.closed(payload);
    if (then == ClientModel::Then::end) ++counts_.replaced;
    return follow(person, then);
  }
  note_people(person, message.event, payload);
}

void Cluster::follow(Person& person, ClientModel::Then then) {
  if (person.ended) return;
  switch (then) {
    case ClientModel::Then::nothing:
      return;
    case ClientModel::Then::open_again:
      if (person.link != nullptr && !person.opening) open(person);
      return;
    case ClientModel::Then::retry_later:
      loop_.after(30ms, [this, &person] {
        person.model.retry();
        send_operation(person);
      });
      return;
    case ClientModel::Then::end:
      person.ended = true;
      return;
  }
}

void Cluster::check_presence(const Person& person, const Value& payload) {
  ++counts_.presence;
  if (!person.model.is_open()) return;
  const auto version = static_cast<std::uint64_t>(*payload["version"].whole_number());
  if (version != person.model.version()) throw ProtocolBreak("presence at a version the member does not stand at");
  const auto length = static_cast<std::int64_t>(person.model.committed().target_length());
  for (const codec::Member& user : payload["users"].members()) {
    const Value cursor = user.value["cursor"];
    if (cursor.is_undefined()) continue;
    for (const char* name : {"anchor", "head"}) {
      const auto position = cursor[name].whole_number();
      if (!position || *position < 0 || *position > length) throw ProtocolBreak("a cursor outside of the document");
    }
  }
}

void Cluster::note_people(Person& person, const std::string& event, const Value& payload) {
  const auto take_list = [&](const Value& users) {
    person.others.clear();
    for (const Value& user : users.elements()) person.others.insert(std::string(user["socketId"].as_string()));
    person.knows_others = static_cast<std::size_t>(*payload["userCount"].whole_number()) <= person.others.size();
  };
  if (event.empty()) return take_list(payload["users"]);
  if (event == "user-count") {
    if (payload["users"].is_undefined()) {
      person.knows_others = false;
    } else {
      take_list(payload["users"]);
    }
    return;
  }
  const std::string socket(payload["socketId"].as_string());
  if (event == "user-joined") {
    if (person.knows_others && person.others.contains(socket)) throw ProtocolBreak("somebody joined twice");
    person.others.insert(socket);
  } else {
    if (person.knows_others && !person.others.contains(socket)) throw ProtocolBreak("somebody left who was not there");
    person.others.erase(socket);
  }
}

// ---- faults

void Cluster::server_crashed(std::size_t server) {
  ++counts_.server_crashes;
  for (const auto& [connection, link] : links_) {
    if (link->server != server || link->cut) continue;
    link->cut = true;
    if (link->person != nullptr) drop(*link->person);
  }
  loop_.after(loop_.up_to(300ms), [this, server] {
    if (!servers_[server]->up()) servers_[server]->start();
  });
}

void Cluster::disturb() {
  loop_.after(loop_.up_to(300ms), [this] {
    if (healing_) return;
    const std::size_t server = loop_.below(servers_.size());
    const std::uint64_t dice = loop_.below(10);
    if (dice < 2 && servers_[server]->up()) {
      servers_[server]->stop();
      server_crashed(server);
    } else if (dice == 2) {
      ++counts_.store_crashes;
      store_->crash();
    } else if (dice < 5 && servers_[server]->up() && servers_[server]->session().idle()) {
      servers_[server]->stop();  // unloaded; nobody is connected to it as a member
      servers_[server]->start();
    }
    disturb();
  });
}

void Cluster::spread_news(std::size_t server) {
  loop_.after(loop_.up_to(60ms), [this, server] {
    const auto* document = store_->durable().find("doc");
    const bool arrives = healing_ || loop_.chance(0.5);
    if (arrives && servers_[server]->up() && document != nullptr) {
      servers_[server]->session().news(document->epoch, document->head());
    }
    spread_news(server);
  });
}

void Cluster::heal() {
  healing_ = true;
  store_->heal();
  for (const auto& server : servers_) server->heal();
  for (const auto& [connection, link] : links_) {
    if (!link->slow || link->cut) continue;
    link->slow = false;
    if (servers_[link->server]->up()) servers_[link->server]->session().set_slow(connection, false);
  }
  // Who was replaced comes back as somebody else would: not at all.
}

// ---- the end

bool Cluster::quiet() const {
  const auto head = store_->durable().documents().at("doc").head();
  for (const auto& person : people_) {
    if (person->ended) continue;
    if (!person->model.settled() || person->model.version() != head) return false;
    if (person->link == nullptr || !person->link->asked.empty()) return false;
  }
  return true;
}

std::optional<std::string> Cluster::verify() {
  for (const auto& server : servers_) {
    if (!server->up()) continue;
    counts_.conflicts += server->stats().conflicts.value();
    counts_.duplicates += server->stats().duplicates.value();
    counts_.catch_ups += server->stats().catch_ups.value();
    counts_.unavailable += server->stats().appends_unavailable.value();
  }
  // Every operation is in the log once.
  std::set<std::tuple<std::string, std::string, std::uint64_t>> seen;
  ot::Change truth;
  for (const auto& revision : store_->archive()) {
    ++counts_.revisions;
    for (const auto& operation : revision->operations) {
      ++counts_.committed;
      if (!seen.emplace(operation.author->user_id, operation.author->client, operation.seq).second) {
        return operation.author->client + " " + std::to_string(operation.seq) + " is in the log twice";
      }
    }
    truth = ot::compose(truth, revision->composed);
  }
  for (const auto& person : people_) {
    const ClientModel& model = person->model;
    counts_.corrections += model.corrections();
    counts_.acknowledgements += model.acknowledgements();
    counts_.wholes += model.wholes();
    if (person->ended) continue;
    if (model.content() != truth || model.committed() != truth) return model.client() + " has another content";
    if (store_->faults().forgets) continue;
    for (std::uint64_t seq = 1; seq <= model.seq(); ++seq) {
      const bool refused = std::find(model.refused().begin(), model.refused().end(), seq) != model.refused().end();
      const bool committed = seen.contains({person->user, model.client(), seq});
      if (refused && committed && servers_.size() > 1) {
        ++counts_.refused_and_committed;
      } else if (committed == refused) {
        return model.client() + " " + std::to_string(seq) + (refused ? " was refused and committed" : " was lost");
      }
    }
  }
  for (const auto& server : servers_) {
    if (!server->up() || server->session().members() == 0) continue;
    if (server->session().content().to_change() != truth) return "a server has another content";
  }
  for (const auto& person : people_) {
    if (person->ended || !person->knows_others) continue;
    std::set<std::string> there;
    for (const auto& other : people_) {
      if (!other->ended && other->link != nullptr && other->link->server == person->link->server) {
        there.insert(other->link->peer->socket_id);
      }
    }
    for (const auto& [connection, link] : links_) {  // whoever was replaced by nobody but is connected still
      if (link->person != nullptr && link->person->ended) there.erase(link->peer->socket_id);
    }
    if (person->others != there) {
      std::string text = person->model.client() + " was told of";
      for (const std::string& socket : person->others) text += " " + socket;
      text += ", but there are";
      for (const std::string& socket : there) text += " " + socket;
      return text;
    }
  }
  return std::nullopt;
}

}  // namespace tutti::sim
