// tests/redis/fake_redis.hpp: the other end of connections to Redis: the test answers by hand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/memory_stream.hpp"
#include "redis/link.hpp"

namespace tutti::redis::test {

inline const std::string kPing = "*1\r\n$4\r\nPING\r\n";

class FakeRedis {
 public:
  explicit FakeRedis(tutti::test::TestShard& shard) : shard_(shard) {}

  Dial dial() {
    return [this](const Url&, Duration, OnDialed on_dialed) -> std::shared_ptr<void> {
      auto attempt = std::make_shared<OnDialed>(std::move(on_dialed));
      ++dials;
      shard_.post([this, weak = std::weak_ptr(attempt)] {
        const auto waiting = weak.lock();
        if (!waiting) return;
        if (refuses) return (*waiting)(std::string("refused"));
        streams.push_back(tutti::test::MemoryStream::make(shard_));
        (*waiting)(streams.back().get());
      });
      return attempt;
    };
  }

  tutti::test::MemoryStream& stream() { return *streams.back(); }
  std::string take() {
    shard_.turn();
    return streams.empty() ? "" : stream().take_sent();
  }
  void answer(const std::string& text) {
    stream().deliver(text);
    shard_.turn();
  }
  // Lets the newest connection in.
  void welcome() {
    take();
    answer("+PONG\r\n");
  }

  bool refuses = false;
  int dials = 0;
  std::vector<std::shared_ptr<tutti::test::MemoryStream>> streams;

 private:
  tutti::test::TestShard& shard_;
};

}  // namespace tutti::redis::test
