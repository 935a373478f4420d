// ot/position.hpp: positions, cursors and ranges moved through changes, one or thousands in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ot/change.hpp"

namespace tutti::ot {

// What an insert exactly at a position does to it. Delta: transformPosition(position, priority) with
//   pushed  priority false: moves behind the insert (one's own typing)
//   stays   priority true: stays before it (another's typing)
enum class Gravity : std::uint8_t { pushed, stays };

std::size_t transform_position(const Change& change, std::size_t position, Gravity gravity);

struct Mark {
  std::size_t position = 0;
  Gravity gravity = Gravity::stays;
};
// Moves every mark, in any order, in one pass over the change: O(components + marks log marks); sorted marks are not
// sorted again.
void transform_marks(const Change& change, std::span<Mark> marks);

struct Range {
  std::size_t anchor = 0;
  std::size_t head = 0;
};
Range transform_range(const Change& change, Range range, Gravity gravity);

}  // namespace tutti::ot
