#include "presence/stored_json.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "codec/json.hpp"

namespace tutti::presence {
namespace {

bool is_json(const codec::Value& value) {
  switch (value.kind()) {
    case codec::Kind::binary:
      return false;
    case codec::Kind::array:
      return std::all_of(value.elements().begin(), value.elements().end(), is_json);
    case codec::Kind::object:
      return std::all_of(value.members().begin(), value.members().end(),
                         [](const codec::Member& member) { return is_json(member.value); });
    default:
      return true;
  }
}

}  // namespace

std::optional<StoredJson> StoredJson::make(const codec::Value& value, std::size_t bytes_max) {
  StoredJson stored;
  if (value.is_undefined()) return stored;
  if (!is_json(value) || codec::json_size(value) > bytes_max) return std::nullopt;
  auto text = std::make_shared<std::string>();
  codec::JsonWriter(*text).value(value);
  stored.json_ = std::move(text);
  return stored;
}

void StoredJson::write(codec::ValueWriter& writer) const {
  if (absent()) return writer.null();
  if (writer.form() == codec::Form::json) return writer.raw(*json_);
  codec::Arena arena;
  const auto value = codec::parse_json(*json_, arena);
  TUTTI_ASSERT(value.has_value());
  writer.value(*value);
}

}  // namespace tutti::presence
