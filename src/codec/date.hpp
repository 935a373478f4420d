// codec/date.hpp: points in time as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tutti::codec {

// JavaScript's Date.prototype.toISOString ("2026-11-24T08:23:04.000Z"; years outside 0 to 9999 with sign and six
// digits); nullopt for what is no valid Date there.
std::optional<std::string> iso_date(double milliseconds);

}  // namespace tutti::codec
