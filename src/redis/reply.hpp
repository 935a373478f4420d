// redis/reply.hpp: RESP2 <-> values. Replies are parsed by hiredis; its header stays in reply.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct redisReply;
struct redisReader;

namespace tutti::redis {

// One reply, borrowed from its reader during the call that shows it.
class Reply {
 public:
  enum class Kind : std::uint8_t { string, status, error, integer, nil, array };
  explicit Reply(const redisReply* raw) noexcept : raw_(raw) {}

  Kind kind() const noexcept;
  bool is_error() const noexcept { return kind() == Kind::error; }
  std::string_view text() const noexcept;              // string, status or error; else ""
  std::int64_t integer() const noexcept;               // integer; else 0
  std::size_t size() const noexcept;                   // array; else 0
  Reply operator[](std::size_t index) const noexcept;  // nil beyond the end

 private:
  const redisReply* raw_;  // null: nil
};

class ReplyReader {
 public:
  ReplyReader();
  // Shows each whole reply to `each`, until that returns false. False: these bytes are no RESP.
  bool read(std::string_view bytes, const std::function<bool(Reply)>& each);

 private:
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };
  std::unique_ptr<redisReader, Free> reader_;
};

// A command as an array of bulk strings.
void append_command(std::string& out, std::span<const std::string_view> words);

}  // namespace tutti::redis
