#include <cmath>

#include "base/assert.hpp"
#include "codec/date.hpp"
#include "codec/json.hpp"
#include "codec/json_string.hpp"
#include "codec/number.hpp"
#include "codec/write_tree.hpp"

namespace tutti::codec {

bool JsonWriter::comma_due() noexcept {
  const bool due = !first_ && !after_key_;
  first_ = false;
  after_key_ = false;
  return due;
}

void JsonWriter::word(std::string_view comma_and_text) {
  out_.append(comma_due() ? comma_and_text : comma_and_text.substr(1));
}

template <class Write>
void JsonWriter::digits(Write write) {
  char text[1 + kNumberTextMax] = {','};
  word({text, 1 + write(text + 1)});
}

void JsonWriter::undefined() { null(); }

void JsonWriter::null() { word(",null"); }

void JsonWriter::boolean(bool value) { word(value ? ",true" : ",false"); }

void JsonWriter::integer(std::int64_t value) {
  digits([=](char* to) { return write_integer(to, value); });
}

void JsonWriter::unsigned_integer(std::uint64_t value) {
  digits([=](char* to) { return write_unsigned(to, value); });
}

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  digits([=](char* to) { return write_number(to, value); });
}

void JsonWriter::date(double milliseconds) {
  const auto text = iso_date(milliseconds);
  text ? string(*text) : null();
}

void JsonWriter::string(std::string_view text) { append_json_string(out_, text, {.comma = comma_due()}); }

void JsonWriter::binary(std::string_view bytes) {
  TUTTI_ASSERT(attachments_ != nullptr);
  begin_object(2);
  key("_placeholder");
  boolean(true);
  key("num");
  unsigned_integer(attachments_->size());
  end_object();
  attachments_->push_back(bytes);
}

void JsonWriter::value(const Value& value) { write_tree(*this, value); }

void JsonWriter::begin_array(std::size_t) {
  word(",[");
  first_ = true;
}

void JsonWriter::end_array() {
  out_ += ']';
  first_ = false;
}

void JsonWriter::begin_object(std::size_t) {
  word(",{");
  first_ = true;
}

void JsonWriter::key(std::string_view text) {
  append_json_string(out_, text, {.comma = comma_due(), .colon = true});
  after_key_ = true;
}

void JsonWriter::end_object() {
  out_ += '}';
  first_ = false;
}

void JsonWriter::raw(std::string_view encoded) {
  if (comma_due()) out_ += ',';
  out_.append(encoded);
}

namespace {

std::size_t number_size(double value) {
  char text[kNumberTextMax];
  return std::isfinite(value) ? write_number(text, value) : 4;
}

std::size_t date_size(double milliseconds) {
  const auto text = iso_date(milliseconds);
  return text ? text->size() + 2 : 4;
}

std::size_t array_size(std::span<const Value> elements) {
  std::size_t size = 2 + (elements.empty() ? 0 : elements.size() - 1);
  for (const Value& element : elements) size += json_size(element);
  return size;
}

std::size_t object_size(std::span<const Member> members) {
  std::size_t size = 2, written = 0;
  for (const Member& member : members) {
    if (member.value.is_undefined()) continue;
    size += (written++ > 0) + json_string_size(member.key) + 1 + json_size(member.value);
  }
  return size;
}

}  // namespace

std::size_t json_size(const Value& value) {
  char text[kNumberTextMax];
  switch (value.kind()) {
    case Kind::undefined:
    case Kind::null:
      return 4;
    case Kind::boolean:
      return value.as_boolean() ? 4 : 5;
    case Kind::integer:
      return write_integer(text, value.as_integer());
    case Kind::unsigned_integer:
      return write_unsigned(text, value.as_unsigned_integer());
    case Kind::number:
      return number_size(value.as_number());
    case Kind::string:
      return json_string_size(value.as_string());
    case Kind::binary:
      return value.as_string().size();
    case Kind::date:
      return date_size(value.as_number());
    case Kind::array:
      return array_size(value.elements());
    case Kind::object:
      return object_size(value.members());
  }
  return 0;
}

}  // namespace tutti::codec
