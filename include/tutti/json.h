// tutti/json.h: the values of the API. Binary data is nlohmann's binary type: json::binary({1, 2, 3}).
#pragma once

#include <nlohmann/json.hpp>

namespace tutti {

using json = nlohmann::json;

}  // namespace tutti
