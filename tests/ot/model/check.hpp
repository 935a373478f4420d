// ot/model/check.hpp: one random case against the reference. Each returns "" or what is wrong.
#pragma once

#include <cstddef>
#include <string>

#include "ot/model/chooser.hpp"
#include "ot/model/generate.hpp"

namespace tutti::ot_model {

// Apply, compose, both transforms, positions, invert, diff, the binary form; TP1 for both ties; associativity.
std::string check_algebra(Chooser& choose, const Shape& shape);

// A history as a tree, as a batch, and one by one. Results that differ only because a moved change becomes canonical
// between two changes of the history are counted, not wrong.
struct HistoryCounts {
  std::size_t cases = 0;
  std::size_t differing = 0;
};
std::string check_history(Chooser& choose, const Shape& shape, std::size_t changes_max, HistoryCounts& counts);

// A script of edits, snapshots and reads on a rope, in both units, against plain strings.
std::string check_rope(Chooser& choose, std::size_t edits, std::size_t text_max);

}  // namespace tutti::ot_model
