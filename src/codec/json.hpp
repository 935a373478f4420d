// codec/json.hpp: JSON text (RFC 8259, as JSON.parse and JSON.stringify of JavaScript) <-> values. Pure.
//
// The reader carries lone surrogate escapes (see codec/value.hpp); the writer writes them back as escapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/value.hpp"
#include "codec/writer.hpp"

namespace tutti::codec {

enum class JsonError : std::uint8_t { syntax, too_deep, trailing_bytes, invalid_utf8, too_large };
std::string_view to_string(JsonError error);

struct JsonLimits {
  unsigned depth_max = 128;  // arrays and objects inside each other
  bool check_utf8 = false;   // the text did not come through a check yet: else raw bytes in strings pass as they are
};

// Decodes one whole text. Strings without escapes are borrowed from `text`, all else lives in `arena`.
// Numbers as JavaScript reads them, but whole ones up to 64 bits are exact. A name that stands twice stays in the
// value twice; Value::operator[] and every reader of what is written again take the last.
Result<Value, JsonError> parse_json(std::string_view text, Arena& arena, JsonLimits limits = {});

// Checks a whole text without building anything.
Result<void, JsonError> validate_json(std::string_view text, JsonLimits limits = {});

// The elements of a top-level array as slices of `text`, checked like validate_json. For payloads that are passed on
// as the bytes that came in. Error if the text is not an array.
Result<void, JsonError> split_json_array(std::string_view text, std::vector<std::string_view>& elements,
                                         JsonLimits limits = {});

// Appends to `out`. Attachments collects what binary() was given (borrowed); nullptr where binary cannot occur.
class JsonWriter final : public ValueWriter {
 public:
  explicit JsonWriter(std::string& out, std::vector<std::string_view>* attachments = nullptr)
      : out_(out), attachments_(attachments) {}
  Form form() const noexcept override { return Form::json; }
  void undefined() override;
  void null() override;
  void boolean(bool value) override;
  void integer(std::int64_t value) override;
  void unsigned_integer(std::uint64_t value) override;
  void number(double value) override;
  void date(double milliseconds) override;
  void string(std::string_view text) override;
  void binary(std::string_view bytes) override;
  void begin_array(std::size_t size) override;
  void end_array() override;
  void begin_object(std::size_t size) override;
  void key(std::string_view text) override;
  void end_object() override;
  void value(const Value& value) override;
  void raw(std::string_view encoded) override;

 private:
  bool comma_due() noexcept;
  void word(std::string_view comma_and_text);
  template <class Write>
  void digits(Write write);

  std::string& out_;
  std::vector<std::string_view>* attachments_;
  bool first_ = true;  // no comma is due
  bool after_key_ = false;
};

// The size in bytes of the value as compact JSON in UTF-8, without writing it. Binary counts its own bytes.
std::size_t json_size(const Value& value);

}  // namespace tutti::codec
