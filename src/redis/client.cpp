#include "redis/client.hpp"

#include <algorithm>

namespace tutti::redis {

Client::Client(Shard& shard, Dial dial, ClientOptions options, Stats& stats)
    : shard_(shard),
      queue_bytes_max_(options.queue_bytes_max),
      stats_(stats),
      timer_(shard.scheduler(), [this] { check(); }),
      link_(shard, std::move(dial), std::move(options.link), stats, *this) {}

Client::~Client() { *alive_ = false; }

void Client::close() {
  closed_ = true;
  link_.stop();
  timer_.cancel();
  for (Waiting& one : std::exchange(waiting_, {})) refuse(std::move(one.on_reply), CommandError::closed);
  for (Sent& one : std::exchange(sent_, {})) {
    if (one.on_reply) one.on_reply(CommandError::closed);
  }
}

// Not sent; told in a later step, as every other outcome is.
void Client::refuse(OnReply on_reply, CommandError error) {
  stats_.commands_dropped.add();
  if (!on_reply) return;
  shard_.defer([on_reply = std::move(on_reply), error, alive = alive_]() mutable {
    if (*alive) on_reply(error);
  });
}

void Client::command(std::span<const std::string_view> words, Duration time_limit, OnReply on_reply) {
  stats_.commands.add();
  if (closed_) return refuse(std::move(on_reply), CommandError::closed);
  std::size_t size = 16 * (words.size() + 1);
  for (const std::string_view word : words) size += word.size();
  if (link_.buffered_bytes() + waiting_bytes_ + size > queue_bytes_max_) {
    return refuse(std::move(on_reply), CommandError::queue_full);
  }
  std::string bytes;
  bytes.reserve(size);
  append_command(bytes, words);
  const TimePoint deadline = shard_.scheduler().now() + time_limit;
  watch(deadline);
  if (link_.up()) return send(std::move(bytes), std::move(on_reply), deadline);
  waiting_bytes_ += bytes.size();
  waiting_.push_back({std::move(bytes), std::move(on_reply), deadline});
}

void Client::send(std::string bytes, OnReply on_reply, TimePoint deadline) {
  link_.write(SharedBytes::copy(bytes));
  sent_.push_back({std::move(on_reply), deadline});
}

void Client::on_up() {
  waiting_bytes_ = 0;
  for (Waiting& one : std::exchange(waiting_, {})) send(std::move(one.bytes), std::move(one.on_reply), one.deadline);
}

void Client::on_reply(Reply reply) {
  if (sent_.empty()) return link_.restart("an answer that nobody asked for");
  OnReply on_reply = std::move(sent_.front().on_reply);
  sent_.pop_front();
  if (reply.is_error()) stats_.commands_failed.add();
  if (on_reply) on_reply(reply);
}

void Client::on_down() {
  for (Sent& one : std::exchange(sent_, {})) {
    stats_.commands_failed.add();
    if (one.on_reply) one.on_reply(CommandError::connection_lost);
  }
}

void Client::watch(TimePoint deadline) {
  if (deadline >= next_check_) return;
  next_check_ = deadline;
  timer_.arm(deadline - shard_.scheduler().now());
}

// Drops what has waited too long. A command that was sent and not answered in time says that all behind it wait, too:
// the connection is made again.
void Client::check() {
  const TimePoint now = shard_.scheduler().now();
  next_check_ = TimePoint::max();
  std::deque<Waiting> late;
  for (Waiting& one : std::exchange(waiting_, {})) (one.deadline <= now ? late : waiting_).push_back(std::move(one));
  for (Waiting& one : late) {
    waiting_bytes_ -= one.bytes.size();
    refuse(std::move(one.on_reply), CommandError::timed_out);
  }
  bool stuck = false;
  for (Sent& one : sent_) {
    if (one.deadline > now) continue;
    stuck = true;
    if (!one.on_reply) continue;
    stats_.commands_failed.add();
    std::exchange(one.on_reply, nullptr)(CommandError::timed_out);
    if (sent_.empty()) break;  // closed meanwhile
  }
  if (stuck && !closed_) link_.restart("no answer in time");
  const auto earlier = [](const auto& a, const auto& b) { return a.deadline < b.deadline; };
  const auto next_waiting = std::min_element(waiting_.begin(), waiting_.end(), earlier);
  if (next_waiting != waiting_.end()) watch(next_waiting->deadline);
  const auto next_sent = std::min_element(sent_.begin(), sent_.end(), earlier);
  if (next_sent != sent_.end()) watch(next_sent->deadline);
}

}  // namespace tutti::redis
