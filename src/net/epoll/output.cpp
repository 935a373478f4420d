#include "net/epoll/output.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tutti::net::epoll {

namespace {

constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;

// The system call itself: libc's send() is a cancellation point, which costs two locked instructions in a program with
// threads.
long send_now(int descriptor, const char* bytes, std::size_t size) {
  return ::syscall(SYS_sendto, descriptor, bytes, size, kSendFlags, nullptr, 0);
}

}  // namespace

void OutputQueue::push(SharedBytes bytes, OutputBatch& batch) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  if (first_.empty()) {
    first_ = std::move(bytes);
    return;
  }
  if (!more_) more_ = batch.take_more();
  more_->pieces.push_back(std::move(bytes));
}

void OutputQueue::clear(OutputBatch& batch) noexcept {
  first_ = {};
  offset_ = 0;
  bytes_ = 0;
  if (more_) batch.give_more(std::move(more_));
}

void OutputQueue::consume(std::size_t sent, OutputBatch& batch) noexcept {
  if (sent == bytes_) return clear(batch);
  bytes_ -= sent;
  sent += offset_;
  while (sent >= first_.size()) {
    sent -= first_.size();
    first_ = std::move(more_->pieces[more_->begin++]);
  }
  offset_ = static_cast<std::uint32_t>(sent);
  if (more_ && more_->begin == more_->pieces.size()) batch.give_more(std::move(more_));
}

OutputBatch::OutputBatch() : buffer_(new char[kJoinBytesMax]) {}
OutputBatch::~OutputBatch() = default;

OutputBatch::Outcome OutputBatch::send(int descriptor, OutputQueue& queue) {
  while (!queue.empty()) {
    std::size_t offered = queue.bytes_;
    long sent = 0;
    if (!queue.more_) {
      sent = send_now(descriptor, queue.first_.data() + queue.offset_, offered);
    } else if (const std::size_t pieces = queue.more_->pieces.size() - queue.more_->begin + 1;
               offered <= kJoinBytesMax && offered <= pieces * kPieceBytesMax) {
      sent = send_joined(descriptor, queue);
    } else {
      sent = send_scattered(descriptor, queue, offered);
    }
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == ENOBUFS) return Outcome::blocked;
      queue.clear(*this);
      return Outcome::failed;
    }
    ++sends_;
    bytes_sent_ += static_cast<std::uint64_t>(sent);
    queue.consume(static_cast<std::size_t>(sent), *this);
    if (static_cast<std::size_t>(sent) < offered) return Outcome::blocked;
  }
  return Outcome::all;
}

bool OutputBatch::is_joined(const OutputQueue& queue) const noexcept {
  const auto& pieces = queue.more_->pieces;
  if (queue.offset_ != 0 || queue.more_->begin != 0 || joined_.size() != pieces.size() + 1) return false;
  if (joined_.front().data() != queue.first_.data()) return false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (joined_[i + 1].data() != pieces[i].data()) return false;
  }
  return true;
}

void OutputBatch::join(const OutputQueue& queue) {
  const auto& more = *queue.more_;
  char* end = buffer_.get();
  const auto append = [&end](std::string_view bytes) {
    std::memcpy(end, bytes.data(), bytes.size());
    end += bytes.size();
  };
  append(queue.first_.view().substr(queue.offset_));
  for (std::size_t i = more.begin; i < more.pieces.size(); ++i) append(more.pieces[i].view());
  joined_.clear();
  if (queue.offset_ != 0 || more.begin != 0) return;
  joined_.push_back(queue.first_);
  joined_.insert(joined_.end(), more.pieces.begin(), more.pieces.end());
}

long OutputBatch::send_joined(int descriptor, const OutputQueue& queue) {
  if (!is_joined(queue)) join(queue);
  return send_now(descriptor, buffer_.get(), queue.bytes_);
}

long OutputBatch::send_scattered(int descriptor, const OutputQueue& queue, std::size_t& offered) {
  std::array<iovec, 64> vectors;
  std::size_t count = 0;
  offered = 0;
  const auto add = [&](const char* data, std::size_t size) {
    vectors[count++] = {const_cast<char*>(data), size};
    offered += size;
  };
  add(queue.first_.data() + queue.offset_, queue.first_.size() - queue.offset_);
  const auto& more = *queue.more_;
  for (std::size_t i = more.begin; i < more.pieces.size() && count < vectors.size(); ++i) {
    add(more.pieces[i].data(), more.pieces[i].size());
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  return ::sendmsg(descriptor, &message, kSendFlags);
}

std::unique_ptr<OutputQueue::More> OutputBatch::take_more() {
  if (pool_.empty()) {
    auto more = std::make_unique<OutputQueue::More>();
    more->pieces.reserve(15);
    return more;
  }
  auto more = std::move(pool_.back());
  pool_.pop_back();
  return more;
}

void OutputBatch::give_more(std::unique_ptr<OutputQueue::More> more) noexcept {
  if (pool_.size() >= kPoolMax || more->pieces.capacity() > kPooledPiecesMax) return;
  more->pieces.clear();
  more->begin = 0;
  pool_.push_back(std::move(more));
}

}  // namespace tutti::net::epoll
