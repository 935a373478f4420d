#include "presence/announcer.hpp"

#include <array>

namespace tutti::presence {

Announcer::Announcer(Scheduler& scheduler, AnnouncementSink& sink, std::string room, const AnnouncerOptions& options)
    : scheduler_(scheduler), sink_(sink), room_(std::move(room)), options_(options), timer_(scheduler, [this] {
        tell_count();
      }) {}

bool Announcer::join(Member member) {
  const Connection connection = member.peer->connection;
  if (!roster_.join(member)) return false;
  counting_ = counting_ || crowded();
  if (counting_) {
    count_changed();
  } else if (const auto others = roster_.connections(connection); !others.empty()) {
    sink_.user_joined(others, room_, member);
  }
  return true;
}

bool Announcer::leave(Connection connection) {
  const Member* found = roster_.find(connection);
  if (found == nullptr) return false;
  const Member member = *found;
  roster_.leave(connection);
  if (counting_) {
    count_changed();
  } else if (const auto others = roster_.connections(); !others.empty()) {
    sink_.user_left(others, room_, member);
  }
  return true;
}

void Announcer::count_changed() {
  if (timer_.armed()) return;
  const TimePoint now = scheduler_.now();
  const TimePoint next = told_once_ ? told_ + options_.interval : now;
  timer_.arm(next > now ? next - now : Duration::zero());
}

void Announcer::tell_count() {
  told_ = scheduler_.now();
  told_once_ = true;
  const auto everybody = roster_.connections();
  const auto list = roster_.list(options_.users_max);
  const bool whole = !crowded();
  if (!everybody.empty()) sink_.user_count(everybody, room_, roster_.user_count(), whole ? &list : nullptr);
  counting_ = !whole;
}

}  // namespace tutti::presence
