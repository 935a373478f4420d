// What a session tells its members, as lists that a test reads: one a connection, in order.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/json.hpp"
#include "documents/changes.hpp"
#include "documents/sink.hpp"

namespace tutti::documents::testing {

inline std::string to_json(const Change& change) {
  std::string text;
  codec::JsonWriter writer(text);
  write_change(writer, change);
  return text;
}

// One thing that was sent, as a short line and with what it carried.
struct Sent {
  std::string line;  // "ack 1: error not-open", "update 0->1 [\"a\"]", ...
  std::optional<Error> error{};
  UpdatePtr update{};
  std::optional<Acknowledgement> acknowledgement{};
  std::shared_ptr<Opened> opened{};
  std::optional<Whole> whole{};
  std::optional<History> history{};
  PresenceNewsPtr presence{};
};

class FakeSink final : public MemberSink {
 public:
  std::map<Connection, std::vector<Sent>> sent;

  std::vector<std::string> lines(Connection connection) {
    std::vector<std::string> lines;
    for (const Sent& it : sent[connection]) lines.push_back(it.line);
    return lines;
  }
  // The lines since the last call.
  std::vector<std::string> take(Connection connection) {
    auto taken = lines(connection);
    sent[connection].clear();
    return taken;
  }
  const Sent& last(Connection connection) { return sent[connection].back(); }

  void refuse(const ReplyTo& to, const Error& error) override {
    if (to.wanted()) add(to, {answer(to) + "error " + std::string(to_string(error.code)), error});
  }
  void refuse_stale(const ReplyTo& to, const Error& error, const Whole& whole) override {
    if (!to.wanted()) return;
    Sent it{answer(to) + "error stale " + describe(whole), error};
    it.whole = whole;
    add(to, std::move(it));
  }
  void opened(const ReplyTo& to, const Opened& opened) override {
    std::string line = answer(to) + "opened ";
    if (const auto* whole = std::get_if<Whole>(&opened.state)) line += describe(*whole);
    if (const auto* update = std::get_if<UpdatePtr>(&opened.state)) line += describe(**update);
    if (const auto* own = std::get_if<Acknowledgement>(&opened.state)) line += describe(*own);
    Sent it{line};
    it.opened = std::make_shared<Opened>(opened);
    add(to, std::move(it));
  }
  void acknowledge(const ReplyTo& to, const Acknowledgement& own) override {
    Sent it{(to.wanted() ? answer(to) : "acknowledged ") + describe(own)};
    it.acknowledgement = own;
    add(to, std::move(it));
  }
  void duplicate(const ReplyTo& to, std::uint64_t version, std::uint64_t seq) override {
    if (to.wanted()) add(to, {answer(to) + "duplicate " + std::to_string(version) + " seq " + std::to_string(seq)});
  }
  void left(const ReplyTo& to, const Name&) override {
    if (to.wanted()) add(to, {answer(to) + "left"});
  }
  void removed(const ReplyTo& to, const Name&) override {
    if (to.wanted()) add(to, {answer(to) + "removed"});
  }
  void history(const ReplyTo& to, const History& history) override {
    Sent it{answer(to) + "history " + std::to_string(history.first) + ".." + std::to_string(history.version) + " x" +
            std::to_string(history.revisions.size())};
    it.history = history;
    add(to, std::move(it));
  }
  void snapshot(const ReplyTo& to, const Whole& whole) override {
    Sent it{answer(to) + "snapshot " + describe(whole)};
    it.whole = whole;
    add(to, std::move(it));
  }
  void stored(const ReplyTo& to, const std::string&, std::uint64_t version) override {
    add(to, {answer(to) + "stored " + std::to_string(version)});
  }
  void update(std::span<const Connection> to, const UpdatePtr& update) override {
    for (const Connection connection : to) {
      Sent it{"update " + describe(*update)};
      it.update = update;
      sent[connection].push_back(std::move(it));
    }
  }
  void presence(std::span<const Connection> to, const PresenceNewsPtr& news) override {
    std::string line = "presence " + std::to_string(news->version);
    for (const PresenceEntry& entry : news->users) {
      line += " " + entry.socket_id;
      if (entry.gone) line += " gone";
      if (entry.cursor) line += "@" + std::to_string(entry.cursor->anchor) + "-" + std::to_string(entry.cursor->head);
    }
    for (const Connection connection : to) {
      Sent it{line};
      it.presence = news;
      sent[connection].push_back(std::move(it));
    }
  }
  void closed(Connection to, const Name&, CloseReason reason) override {
    sent[to].push_back({"closed " + std::string(to_string(reason))});
  }
  void user_joined(std::span<const Connection> to, const std::string&, const presence::Member& member) override {
    for (const Connection it : to) people[it].push_back("joined " + member.peer->socket_id);
  }
  void user_left(std::span<const Connection> to, const std::string&, const presence::Member& member) override {
    for (const Connection it : to) people[it].push_back("left " + member.peer->socket_id);
  }
  void user_count(std::span<const Connection> to, const std::string&, std::size_t count,
                  const std::vector<presence::Member>* users) override {
    for (const Connection it : to) {
      people[it].push_back("count " + std::to_string(count) +
                           (users != nullptr ? " users " + std::to_string(users->size()) : ""));
    }
  }
  std::map<Connection, std::vector<std::string>> people;  // joins, leaves, counts

 private:
  void add(const ReplyTo& to, Sent it) { sent[to.connection].push_back(std::move(it)); }
  static std::string answer(const ReplyTo& to) { return "ack " + std::to_string(to.ack) + ": "; }
  static std::string describe(const Update& it) {
    return std::to_string(it.from) + "->" + std::to_string(it.version) + " " + to_json(it.changes) +
           (it.by ? " by " + it.by->user_id : "");
  }
  static std::string describe(const Acknowledgement& it) {
    std::string line =
        std::to_string(it.frame->from) + "->" + std::to_string(it.frame->version) + " seq " + std::to_string(it.seq);
    if (!it.frame->before.empty()) line += " before " + to_json(it.frame->before);
    line += " operations";
    for (const Operation& operation : it.frame->revision->operations) line += " " + to_json(operation.change);
    line += " index " + std::to_string(it.index);
    if (!it.frame->after.empty()) line += " after " + to_json(it.frame->after);
    return line;
  }
  static std::string describe(const Whole& it) {
    std::string content;
    codec::JsonWriter writer(content);
    it.content->write(writer);
    return std::to_string(it.version) + " " + content + (it.seq != 0 ? " seq " + std::to_string(it.seq) : "");
  }
};

}  // namespace tutti::documents::testing
