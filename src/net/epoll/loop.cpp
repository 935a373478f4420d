#include "net/epoll/loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "net/epoll/stream.hpp"

namespace tutti::net::epoll {

namespace {
constexpr int kEventsMax = 512;
constexpr int kDeferRoundsMax = 16;  // a task that defers again and again must not keep the loop from its sockets
constexpr std::size_t kTaskCapacityMax = 1024;

// Keeps the capacity of an ordinary turn, gives back that of a burst.
template <class T>
void clear_some(std::vector<T>& items) {
  items.clear();
  if (items.capacity() > 64 * kTaskCapacityMax) items.shrink_to_fit();
}
}  // namespace

Loop::Loop(std::uint32_t index, std::unique_ptr<Random> random)
    : index_(index),
      random_(std::move(random)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      thread_(std::this_thread::get_id()),
      now_(std::chrono::steady_clock::now()),
      read_buffer_(new char[kReadBufferSize]),
      batch_(std::make_unique<OutputBatch>()),
      lingering_(std::make_unique<LingerSet>()) {
  // Edge-triggered: each write to the eventfd is one event, and it need not be read.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  if (epoll_ < 0 || wake_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) {
    throw std::system_error(errno, std::system_category(), "event loop");
  }
}

Loop::~Loop() {
  adopt_this_thread();
  lingering_.reset();
  posted_.clear();
  deferred_.clear();
  bury();
  ::close(wake_);
  ::close(epoll_);
}

void Loop::run() {
  adopt_this_thread();
  while (!stopping_.load(std::memory_order_acquire)) turn(std::chrono::hours(1));
  stopping_.store(false, std::memory_order_relaxed);
}

void Loop::stop() {
  post([this] { stopping_.store(true, std::memory_order_release); });
}

void Loop::turn(Duration wait_max) {
  in_turn_ = true;
  turning_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  deliver(wait_ms(wait_max));
  woken_.store(false, std::memory_order_seq_cst);
  timers_.fire_due(now_);
  run_posted();
  run_deferred();
  flush();
  bury();
  turning_.store(std::thread::id(), std::memory_order_relaxed);
  in_turn_ = false;
}

std::optional<Duration> Loop::wait_limit() {
  if (has_posted_.load(std::memory_order_acquire) || !deferred_.empty() || !dirty_.empty() || !retired_.empty()) {
    return Duration::zero();
  }
  const auto earliest = timers_.earliest();
  if (!earliest) return std::nullopt;
  return std::max(*earliest - std::chrono::steady_clock::now(), Duration::zero());
}

int Loop::wait_ms(Duration wait_max) {
  const Duration wait = std::min(wait_max, wait_limit().value_or(wait_max));
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

void Loop::deliver(int wait_ms) {
  std::array<epoll_event, kEventsMax> events;
  const int count = ::epoll_wait(epoll_, events.data(), kEventsMax, wait_ms);
  now_ = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    if (auto* watch = static_cast<Watch*>(events[i].data.ptr)) watch->on_ready(events[i].events);
  }
}

void Loop::post(Task task) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(task));
    has_posted_.store(true, std::memory_order_seq_cst);
  }
  if (turning_.load(std::memory_order_relaxed) == std::this_thread::get_id()) return;  // it looks before it waits again
  wake();
}

// One write for all that comes until the loop is awake.
void Loop::wake() {
  if (woken_.exchange(true, std::memory_order_seq_cst)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void Loop::run_posted() {
  if (!has_posted_.load(std::memory_order_seq_cst)) return;
  {
    const std::lock_guard lock(posted_mutex_);
    running_.swap(posted_);
    has_posted_.store(false, std::memory_order_release);
  }
  for (Task& task : running_) task();
  clear_some(running_);
}

void Loop::run_deferred() {
  for (int round = 0; round < kDeferRoundsMax && !deferred_.empty(); ++round) {
    running_.swap(deferred_);
    for (Task& task : running_) task();
    clear_some(running_);
  }
}

void Loop::flush() {
  if (dirty_.empty()) return;
  constexpr std::size_t kAhead = 4;
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    if (i + kAhead < dirty_.size()) dirty_[i + kAhead]->prefetch();
    dirty_[i]->flush();
  }
  clear_some(dirty_);
  batch_->end_flush();
  stats_.bytes_sent.add(batch_->bytes_sent() - stats_.bytes_sent.get());
  stats_.sends.add(batch_->sends() - stats_.sends.get());
}

void Loop::bury() {
  for (EpollStream* stream : retired_) delete stream;
  clear_some(retired_);
}

std::int64_t Loop::wall_time_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool Loop::watch(int descriptor, Watch& watch, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watch;
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Loop::change(int descriptor, Watch& watch, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watch;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Loop::unwatch(int descriptor) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); }

}  // namespace tutti::net::epoll
