#include "socketio/incoming.hpp"

#include "base/assert.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"

namespace tutti::socketio {
namespace {

using codec::Value;

bool fill(const Value& value, const std::vector<std::string>& attachments);

bool is_placeholder(const Value& value) {
  const Value flag = value["_placeholder"];
  return flag.kind() == codec::Kind::boolean && flag.as_boolean();
}

// The tree was built for this event in its own arena, from mutable memory: nobody else sees it change.
bool replace(const Value& placeholder, const std::vector<std::string>& attachments) {
  const auto index = placeholder["num"].whole_number();
  if (!index || *index < 0 || static_cast<std::size_t>(*index) >= attachments.size()) return false;
  const_cast<Value&>(placeholder) = Value::binary(attachments[static_cast<std::size_t>(*index)]);
  return true;
}

bool fill(const Value& value, const std::vector<std::string>& attachments) {
  if (value.is_array()) return fill_placeholders(value.elements(), attachments);
  if (!value.is_object()) return true;
  if (is_placeholder(value)) return replace(value, attachments);
  for (const codec::Member& member : value.members()) {
    if (!fill(member.value, attachments)) return false;
  }
  return true;
}

}  // namespace

bool fill_placeholders(std::span<const Value> values, const std::vector<std::string>& attachments) {
  for (const Value& value : values) {
    if (!fill(value, attachments)) return false;
  }
  return true;
}

std::optional<std::span<const Value>> decode_arguments(Form form, std::span<const std::string_view> slices,
                                                       const std::vector<std::string>& attachments,
                                                       codec::Arena& arena) {
  if (slices.empty()) return std::span<const Value>();
  auto* const values = static_cast<Value*>(arena.allocate(slices.size() * sizeof(Value), alignof(Value)));
  for (std::size_t i = 0; i < slices.size(); ++i) {
    // Slices were checked with the reader's depth limit; these functions count the same way.
    if (form == Form::json) {
      const auto value = codec::parse_json(slices[i], arena);
      ::new (&values[i]) Value(value.has_value() ? *value : Value());
    } else {
      const auto value = codec::parse_msgpack(slices[i], arena);
      ::new (&values[i]) Value(value.has_value() ? *value : Value());
    }
  }
  const std::span<const Value> arguments(values, slices.size());
  if (!attachments.empty() && !fill_placeholders(arguments, attachments)) return std::nullopt;
  return arguments;
}

bool Incoming::check_attachments() {
  if (!attachments_.empty()) arguments_ = decode_arguments(form_, reader_.arguments(), attachments_, arena_);
  return attachments_.empty() || arguments_.has_value();
}

std::span<const Value> Incoming::arguments() {
  if (!arguments_) arguments_ = decode_arguments(form_, reader_.arguments(), attachments_, arena_);
  TUTTI_ASSERT(arguments_.has_value());
  return *arguments_;
}

std::string_view Incoming::raw_argument(std::size_t index) {
  if (!attachments_.empty() || index >= size()) return {};
  return reader_.arguments()[index];
}

}  // namespace tutti::socketio
