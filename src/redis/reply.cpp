#include "redis/reply.hpp"

#include <hiredis/hiredis.h>

namespace tutti::redis {

Reply::Kind Reply::kind() const noexcept {
  if (!raw_) return Kind::nil;
  switch (raw_->type) {
    case REDIS_REPLY_STRING:
      return Kind::string;
    case REDIS_REPLY_STATUS:
      return Kind::status;
    case REDIS_REPLY_ERROR:
      return Kind::error;
    case REDIS_REPLY_INTEGER:
      return Kind::integer;
    case REDIS_REPLY_ARRAY:
      return Kind::array;
    default:
      return Kind::nil;
  }
}

std::string_view Reply::text() const noexcept {
  const Kind what = kind();
  const bool has_text = what == Kind::string || what == Kind::status || what == Kind::error;
  return has_text ? std::string_view(raw_->str, raw_->len) : std::string_view();
}

std::int64_t Reply::integer() const noexcept { return kind() == Kind::integer ? raw_->integer : 0; }

std::size_t Reply::size() const noexcept { return kind() == Kind::array ? raw_->elements : 0; }

Reply Reply::operator[](std::size_t index) const noexcept {
  return Reply(index < size() ? raw_->element[index] : nullptr);
}

ReplyReader::ReplyReader() : reader_(redisReaderCreate()) {}

void ReplyReader::Free::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

bool ReplyReader::read(std::string_view bytes, const std::function<bool(Reply)>& each) {
  if (!reader_ || redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) return false;
  for (;;) {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) return false;
    if (!raw) return true;
    const std::unique_ptr<void, void (*)(void*)> reply(raw, freeReplyObject);
    if (!each(Reply(static_cast<const redisReply*>(raw)))) return true;
  }
}

void append_command(std::string& out, std::span<const std::string_view> words) {
  const auto line = [&out](char mark, std::size_t number) {
    out += mark;
    out += std::to_string(number);
    out += "\r\n";
  };
  line('*', words.size());
  for (const std::string_view word : words) {
    line('$', word.size());
    out += word;
    out += "\r\n";
  }
}

}  // namespace tutti::redis
