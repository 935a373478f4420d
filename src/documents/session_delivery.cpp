// Delivering: the one path by which a member learns anything, from the last version it was sent to the newest one.
#include <algorithm>
#include <map>

#include "documents/session.hpp"

namespace tutti::documents {

void Session::deliver_all() {
  // Nearly everybody stands at the same version and gets the same update.
  std::map<std::uint64_t, std::vector<Connection>> behind;
  std::vector<Connection>* newest = nullptr;
  std::uint64_t newest_from = 0;
  std::vector<Connection> due;  // waits for something else than an update
  std::vector<Connection> presence_due;
  answer_guests();
  for (const auto& member : members_) {
    if (!member->reachable() || member->sent == version()) continue;
    const AuthorEntry* author = member->author;
    if (member->sent < window_.first() || (author != nullptr && author->state.version > member->sent)) {
      due.push_back(member->connection());
      continue;
    }
    if (newest == nullptr || newest_from != member->sent) {
      newest_from = member->sent;
      newest = &behind[newest_from];
    }
    newest->push_back(member->connection());
    member->sent = version();
    if (member->presence_due) presence_due.push_back(member->connection());
  }
  for (const auto& [from, connections] : behind) {
    context_.stats.updates.add(connections.size());
    context_.sink.update(connections, deliveries_.update(window_, from));
  }
  for (const Connection connection : due) {
    if (Member* member = members_.find(connection)) deliver(*member);
  }
  for (const Connection connection : presence_due) {
    if (Member* member = members_.find(connection)) send_all_presence(*member);
  }
  send_presence();
}

void Session::answer_guests() {
  for (AuthorEntry* author : std::exchange(guests_due_, {})) {
    bool first = true;
    for (const AuthorEntry::Guest& guest : std::exchange(author->guests, {})) {
      if (guest.put) {
        context_.sink.stored(guest.to, epoch_, author->state.version);
      } else if (std::exchange(first, false) && guest.from >= window_.first()) {
        context_.sink.acknowledge(guest.to, deliveries_.acknowledgement(window_, guest.from, *author));
      } else {
        context_.sink.duplicate(guest.to, author->state.version, author->newest());
      }
    }
  }
}

// It opens again and gets what it needs.
void Session::close_stale(Member& member) {
  answer_waiting(member, {ErrorCode::not_open, "the document must be opened again"});
  answer_closing(member);
  context_.sink.closed(member.connection(), name_, CloseReason::stale);
  leave(member);
}

void Session::deliver(Member& member) {
  if (!member.reachable() || member.sent == version()) return;
  if (member.sent < window_.first()) return catch_up(member);
  const AuthorEntry* author = member.author;
  if (author != nullptr && author->state.version > member.sent) {
    // Two of its own: somebody else writes as this client.
    if (author->state.previous_version > member.sent) return close_stale(member);
    const Acknowledgement acknowledgement = deliveries_.acknowledgement(window_, member.sent, *author);
    member.sent = version();
    return acknowledge(member, acknowledgement);
  }
  context_.stats.updates.add();
  const Connection connection = member.connection();
  const UpdatePtr update = deliveries_.update(window_, member.sent);
  member.sent = version();
  context_.sink.update({&connection, 1}, update);
  settle_waiting(member);
}

// The member stands at a version that only the log still has.
void Session::catch_up(Member& member) {
  const Connection connection = member.connection();
  const std::uint64_t from = member.sent;
  const std::uint64_t own = member.author != nullptr ? member.author->state.version : 0;
  member.catching_up = true;
  call_bridge(from, own, [this, connection, from](std::optional<Bridge> bridge) {
    Member* found = members_.find(connection);
    if (found == nullptr || !found->catching_up) return;
    found->catching_up = false;
    if (found->sent != from) return deliver(*found);
    if (found->slow) return;  // once more when it has drained
    const AuthorEntry* author = found->author;
    if (!bridge || (author != nullptr && author->state.previous_version > from)) return close_stale(*found);
    found->sent = version();
    if (author != nullptr && author->state.version > from) {
      return acknowledge(*found, deliveries_.acknowledgement(window_, *bridge, *author));
    }
    context_.stats.updates.add();
    context_.sink.update({&connection, 1}, deliveries_.update(window_, *bridge));
    settle_waiting(*found);
  });
}

// The first request that waits for the operation gets the delivery; if none does, the event is sent.
void Session::acknowledge(Member& member, const Acknowledgement& acknowledgement) {
  context_.stats.acknowledgements.add();
  ReplyTo to{member.connection(), ReplyTo::kNone};
  const auto first = std::find_if(member.waiting.begin(), member.waiting.end(),
                                  [&](const Member::Waiting& it) { return it.seq == acknowledgement.seq; });
  if (first != member.waiting.end()) {
    to.ack = first->ack;
    member.waiting.erase(first);
  }
  context_.sink.acknowledge(to, acknowledgement);
  settle_waiting(member);
}

// Requests for operations that are committed and were delivered are duplicates now. May end a member that is closing.
void Session::settle_waiting(Member& member) {
  if (member.author != nullptr) {
    const AuthorEntry& author = *member.author;
    const auto settled = [&](const Member::Waiting& it) {
      return it.seq <= author.newest() && version_of(author, it.seq) <= member.sent;
    };
    for (const Member::Waiting& waiting : member.waiting) {
      if (!settled(waiting)) continue;
      context_.sink.duplicate({member.connection(), waiting.ack}, version_of(author, waiting.seq), waiting.seq);
    }
    std::erase_if(member.waiting, settled);
  }
  if (member.presence_due) send_all_presence(member);
  finish_closing(member);
}

void Session::set_slow(Connection connection, bool slow) {
  if (const auto opening = openings_.find(connection); opening != openings_.end()) opening->second.slow = slow;
  Member* member = members_.find(connection);
  if (member == nullptr || member->slow == slow) return;
  member->slow = slow;
  context_.stats.slow_members.add(slow ? 1 : -1);
  if (!slow) deliver(*member);
}

}  // namespace tutti::documents
