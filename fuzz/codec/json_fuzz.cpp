// JSON: the reader, the validator and the splitter agree; what is written is UTF-8, of the size told in front, and
// reads back as the same text.
#include "codec/json.hpp"
#include "codec/utf8.hpp"
#include "fuzz.hpp"

namespace codec = tutti::codec;

namespace {

std::string write(const codec::Value& value) {
  std::string text;
  codec::JsonWriter(text).value(value);
  FUZZ_CHECK(text.size() == codec::json_size(value));
  return text;
}

void check_split(std::string_view text, const codec::Value& value) {
  std::vector<std::string_view> elements;
  const auto split = codec::split_json_array(text, elements);
  FUZZ_CHECK(split.has_value() == value.is_array());
  if (!value.is_array()) return;
  FUZZ_CHECK(elements.size() == value.elements().size());
  codec::Arena arena;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto element = codec::parse_json(elements[i], arena);
    FUZZ_CHECK(element.has_value());
    FUZZ_CHECK(write(*element) == write(value.elements()[i]));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  codec::Arena arena;
  const auto value = codec::parse_json(text, arena);
  const auto valid = codec::validate_json(text);
  FUZZ_CHECK(value.has_value() == valid.has_value());
  if (!value.has_value()) {
    FUZZ_CHECK(value.error() == valid.error());
    return 0;
  }
  check_split(text, *value);
  const std::string written = write(*value);
  FUZZ_CHECK(codec::is_utf8(written));
  codec::Arena other;
  const auto again = codec::parse_json(written, other);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(write(*again) == written);
  return 0;
}
