// Presence: where people are, told at the newest version only.
#include <algorithm>

#include "documents/session.hpp"
#include "ot/position.hpp"

namespace tutti::documents {
namespace {

// Entries times members of one presence message: what a crowd costs.
constexpr std::size_t kEntriesTimesMembers = 200'000;
constexpr std::size_t kEntriesMin = 10;
constexpr std::chrono::microseconds kIntervalPerMember{100};
constexpr std::chrono::milliseconds kIntervalMax{1000};

}  // namespace

void Session::move_presence(Connection connection, PresenceRequest request) {
  Member* member = members_.find(connection);
  const bool fits = member != nullptr && member->closing.empty() && request.version <= member->sent &&
                    request.version >= window_.first();
  if (!fits) return context_.stats.presence_dropped.add();
  if (request.cursor) {
    const std::size_t length = window_.length_at(request.version);
    if (request.cursor->anchor > length || request.cursor->head > length) return context_.stats.presence_dropped.add();
    if (request.version < version()) {
      const ot::Range moved = ot::transform_range(window_.span(request.version, version()),
                                                  {request.cursor->anchor, request.cursor->head}, ot::Gravity::stays);
      request.cursor = Cursor{moved.anchor, moved.head};
    }
  }
  cursors_.set(member->peer, request.cursor, std::move(request.data));
  schedule_presence();
}

void Session::schedule_presence() {
  if (presence_timer_.armed() || !cursors_.has_news()) return;
  const Duration wanted = kIntervalPerMember * static_cast<std::int64_t>(members_.size());
  const TimePoint now = context_.scheduler.now();
  const TimePoint due = last_presence_ + std::min<Duration>(wanted, kIntervalMax);
  presence_timer_.arm(due > now ? due - now : Duration::zero());
}

void Session::send_presence() {
  // Members behind the newest version would not know what the positions mean; they get all of it when they are there.
  std::vector<Connection> to;
  const bool news = cursors_.has_news() && !presence_timer_.armed();
  const Connection source = cursors_.sole_source();
  for (const auto& member : members_) {
    if (!news || member->connection() == source) continue;
    if (member->reachable() && member->sent == version()) {
      to.push_back(member->connection());
    } else {
      member->presence_due = true;
    }
  }
  if (!news) return;
  const std::size_t budget = std::clamp(kEntriesTimesMembers / std::max<std::size_t>(members_.size(), 1), kEntriesMin,
                                        std::max(kEntriesMin, context_.limits.presence_entries));
  auto message = std::make_shared<PresenceNews>(PresenceNews{name_, version(), cursors_.take_news(budget)});
  last_presence_ = context_.scheduler.now();
  if (!to.empty() && !message->users.empty()) {
    context_.stats.presence_messages.add(to.size());
    context_.sink.presence(to, message);
  }
  schedule_presence();
}

void Session::send_all_presence(Member& member) {
  if (!member.reachable() || member.sent != version()) {
    member.presence_due = true;
    return;
  }
  member.presence_due = false;
  auto entries = cursors_.all(context_.limits.presence_entries, member.connection());
  if (entries.empty()) return;
  const Connection connection = member.connection();
  context_.stats.presence_messages.add();
  context_.sink.presence({&connection, 1},
                         std::make_shared<PresenceNews>(PresenceNews{name_, version(), std::move(entries)}));
}

}  // namespace tutti::documents
