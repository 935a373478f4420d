// sim/cluster.hpp: one run: servers on one unreliable store, people who type, lag, drop and come back, and at the end
// the question whether everything holds. Everything is drawn from one seed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client_model.hpp"
#include "server_node.hpp"
#include "store.hpp"

namespace tutti::sim {

// What a run did, so that one sees that the faults happened.
struct Counts {
  std::uint64_t edits = 0, committed = 0, revisions = 0, acknowledgements = 0, corrections = 0, conflicts = 0;
  std::uint64_t duplicates = 0, wholes = 0, reconnects = 0, server_crashes = 0, store_crashes = 0, slow = 0;
  std::uint64_t refused = 0, catch_ups = 0, unavailable = 0, presence = 0, replaced = 0, refused_and_committed = 0;
  void add(const Counts& other);
  std::string json() const;
};

class Cluster {
 public:
  explicit Cluster(std::uint64_t seed);
  ~Cluster();

  bool trace = false;  // everything that is said, on stderr
  // nullopt: everything held; else what did not.
  std::optional<std::string> run();
  const Counts& counts() const noexcept { return counts_; }
  std::uint64_t digest() const noexcept { return digest_; }  // of everything that was said

 private:
  struct Person;
  struct Link;
  class Hook;

  void think(Person& person);
  void act(Person& person);
  void type(Person& person);
  void connect(Person& person);
  void drop(Person& person);
  void open(Person& person);
  void close(Person& person);
  void send_operation(Person& person);
  void send_presence(Person& person);
  void send_nonsense(Person& person);
  std::uint64_t ask(Person& person, std::string what);

  void to_server(Link& link, UniqueFunction<void(documents::Session&, Link&)> request);
  void from_server(std::size_t server, documents::Connection connection, Message message);
  void receive(Link& link, const Message& message);
  void answered(Person& person, Link& link, const Message& message, const codec::Value& payload);
  void happened(Person& person, const Message& message, const codec::Value& payload);
  void follow(Person& person, ClientModel::Then then);
  void check_presence(const Person& person, const codec::Value& payload);
  void note_people(Person& person, const std::string& event, const codec::Value& payload);

  void server_crashed(std::size_t server);
  void disturb();
  void spread_news(std::size_t server);
  void heal();
  bool quiet() const;
  std::optional<std::string> verify();
  void hash(std::string_view text);
  std::string time() const;

  documents::Limits limits_;
  bool rich_ = false;
  bool healing_ = false;
  Loop loop_;
  std::unique_ptr<Hook> hook_;
  std::unique_ptr<Store> store_;
  std::vector<std::unique_ptr<ServerNode>> servers_;
  std::vector<std::unique_ptr<Person>> people_;
  std::map<documents::Connection, std::unique_ptr<Link>> links_;
  documents::Connection next_connection_ = 1;
  Counts counts_;
  std::uint64_t digest_ = 14695981039346656037ull;
};

}  // namespace tutti::sim
