// ot_vectors/json_reader.hpp: JSON to ot::Value, for vectors and traces.
//
// Lone surrogate escapes are kept as three bytes of WTF-8, since the vectors hold them and ChangeBuilder must refuse
// them.
#pragma once

#include <optional>
#include <string_view>

#include "ot/value.hpp"

namespace tutti::ot_vectors {

// The value that `text` holds, nothing behind it; nullopt if it is not JSON.
std::optional<ot::Value> read_json(std::string_view text);

// A member of an object; nullptr if there is none, or `value` is no object.
const ot::Value* find(const ot::Value& value, std::string_view key);

// The other way, for messages.
std::string write_json(const ot::Value& value);

}  // namespace tutti::ot_vectors
