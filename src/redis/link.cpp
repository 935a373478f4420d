#include "redis/link.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "net/epoll/connector.hpp"

namespace tutti::redis {

Dial dial_from(net::epoll::Loop& loop) {
  return [&loop](const Url& url, Duration timeout, OnDialed on_dialed) -> std::shared_ptr<void> {
    return std::make_shared<net::epoll::Connector>(
        loop, net::epoll::ConnectOptions{.host = url.host, .port = url.port, .timeout = timeout}, std::move(on_dialed));
  };
}

Link::Link(Shard& shard, Dial dial, LinkOptions options, Stats& stats, LinkUser& user)
    : shard_(shard),
      dial_(std::move(dial)),
      options_(std::move(options)),
      stats_(stats),
      user_(user),
      retry_(shard.scheduler(), [this] { connect(); }),
      greeting_timeout_(shard.scheduler(), [this] { fail("no answer to the greeting"); }) {}

Link::~Link() { stop(); }

void Link::start() {
  running_ = true;
  connect();
}

void Link::stop() {
  running_ = false;
  up_ = false;
  retry_.cancel();
  greeting_timeout_.cancel();
  attempt_.reset();
  if (stream_) std::exchange(stream_, nullptr)->close();
}

void Link::restart(std::string_view reason) {
  if (stream_) fail(reason);
}

void Link::connect() {
  attempt_ = dial_(options_.url, options_.connect_timeout,
                   [this](Result<net::Stream*, std::string> result) { connected(std::move(result)); });
}

void Link::connected(Result<net::Stream*, std::string> result) {
  // The attempt is freed after its callback has returned.
  shard_.defer([attempt = std::move(attempt_)] {});
  if (!result.has_value()) return fail(result.error());
  stream_ = *result;
  stream_->set_handler(this);
  reader_ = std::make_shared<ReplyReader>();
  greet();
}

void Link::greet() {
  std::string text;
  answers_due_ = 0;
  const auto say = [&](std::initializer_list<std::string_view> words) {
    append_command(text, {words.begin(), words.size()});
    ++answers_due_;
  };
  const Url& url = options_.url;
  if (!url.user.empty()) {
    say({"AUTH", url.user, url.password});
  } else if (!url.password.empty()) {
    say({"AUTH", url.password});
  }
  if (url.database != 0) say({"SELECT", std::to_string(url.database)});
  say({"PING"});
  stream_->write(SharedBytes::copy(text));
  greeting_timeout_.arm(options_.connect_timeout);
}

void Link::greeted(Reply reply) {
  if (reply.is_error()) return fail(reply.text());
  if (--answers_due_ > 0) return;
  greeting_timeout_.cancel();
  if (failures_ > 0) log::info("redis.connected", {{"host", options_.url.host}, {"port", options_.url.port}});
  failures_ = 0;
  up_ = true;
  stats_.connects.add();
  user_.on_up();
}

void Link::on_data(char* bytes, std::size_t size) {
  const auto reader = reader_;  // a reply may end this connection
  net::Stream* const stream = stream_;
  const bool understood = reader->read({bytes, size}, [this, stream](Reply reply) {
    up_ ? user_.on_reply(reply) : greeted(reply);
    return stream_ == stream;
  });
  if (!understood && stream_ == stream) fail("an answer that is no RESP");
}

void Link::on_close(bool) {
  stream_ = nullptr;
  fail("connection lost");
}

void Link::fail(std::string_view reason) {
  greeting_timeout_.cancel();
  if (stream_) std::exchange(stream_, nullptr)->abort();
  if (!up_) stats_.connect_failures.add();
  ++failures_;
  log::warn("redis.unavailable", {{"host", options_.url.host}, {"port", options_.url.port}, {"reason", reason}});
  wait();  // first: the user may stop us
  lose();
}

void Link::lose() {
  if (!std::exchange(up_, false)) return;
  stats_.disconnects.add();
  user_.on_down();
}

void Link::wait() {
  constexpr unsigned kDoublingsMax = 16;
  const Duration longest =
      std::min(options_.delay_max, options_.delay_first * (1U << std::min(failures_ - 1, kDoublingsMax)));
  const auto half = static_cast<std::uint64_t>(longest.count() / 2);
  retry_.arm(longest - Duration(static_cast<Duration::rep>(shard_.random().below(half + 1))));
}

}  // namespace tutti::redis
