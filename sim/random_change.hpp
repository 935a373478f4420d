// sim/random_change.hpp: what people do to documents: typing, deleting, formatting, with emoji and embeds.
#pragma once

#include "loop.hpp"
#include "ot/change.hpp"

namespace tutti::sim {

// A change of one to three edits that fits the document and splits no surrogate pair.
ot::Change random_change(Loop& loop, const ot::Change& document, bool rich);

}  // namespace tutti::sim
