// ot/diff.hpp: the change from one content to another (an upload, a file on disk, a client that comes back).
#pragma once

#include <string_view>

#include "ot/change.hpp"

namespace tutti::ot {

// The change that turns `from` into `to` (valid UTF-8): Myers' algorithm over whole code points after common ends are
// cut off, bounded: two texts that share little are answered by a coarse, still correct change in linear time.
Change diff(std::string_view from, std::string_view to);

// The same for documents with attributes and embeds (changes of inserts).
Change diff(const Change& from, const Change& to);

}  // namespace tutti::ot
