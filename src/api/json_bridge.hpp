// api/json_bridge.hpp: the values of the protocol <-> those of the public API.
#pragma once

#include <string>
#include <string_view>

#include "codec/value.hpp"
#include "codec/writer.hpp"
#include "tutti/json.h"

namespace tutti::api {

// undefined becomes null; a date its ISO text; bytes nlohmann's binary.
json to_json(const codec::Value& value);
// The same of one value as MessagePack; null if it is none.
json unpack(std::string_view packed);
std::string pack(const json& value);

void write(codec::ValueWriter& writer, const json& value);

}  // namespace tutti::api
