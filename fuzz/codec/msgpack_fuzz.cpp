// MessagePack: reading and skipping agree; what is written reads back as the same bytes; as JSON it is valid text.
#include "codec/msgpack.hpp"

#include "codec/json.hpp"
#include "codec/utf8.hpp"
#include "fuzz.hpp"

namespace codec = tutti::codec;

namespace {

std::string write(const codec::Value& value, codec::DateForm dates) {
  std::string bytes;
  codec::MsgpackWriter(bytes, dates).value(value);
  return bytes;
}

void check_json(const codec::Value& value) {
  std::string text;
  std::vector<std::string_view> attachments;
  codec::JsonWriter(text, &attachments).value(value);
  FUZZ_CHECK(codec::validate_json(text).has_value());
  FUZZ_CHECK(codec::is_utf8(text));
  if (attachments.empty()) FUZZ_CHECK(codec::json_size(value) == text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  codec::Arena arena;
  const auto value = codec::parse_msgpack(bytes, arena);
  const auto skipped = codec::skip_msgpack(bytes);
  if (!value.has_value()) {
    const bool only_trailing = value.error() == codec::MsgpackError::trailing_bytes;
    FUZZ_CHECK(skipped.has_value() == only_trailing);
    if (!only_trailing) FUZZ_CHECK(skipped.error() == value.error());
    return 0;
  }
  FUZZ_CHECK(skipped.has_value() && *skipped == size);
  check_json(*value);
  for (const auto dates : {codec::DateForm::notepack2, codec::DateForm::timestamp}) {
    const std::string written = write(*value, dates);
    codec::Arena other;
    const auto again = codec::parse_msgpack(written, other);
    FUZZ_CHECK(again.has_value());
    FUZZ_CHECK(write(*again, dates) == written);
  }
  return 0;
}
