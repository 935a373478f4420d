// ot/diff.hpp: the change from one content to another (an upload, a file on disk, a client that comes back).
#pragma once

#include <string_view>

#include "ot/change.hpp"

namespace tutti::ot {

// The change that turns `from` into `to` (valid UTF-8): the shortest one in whole code points; long texts are compared
// by lines first. The work is bounded: of two long texts that share little, parts are replaced as a whole.
Change diff(std::string_view from, std::string_view to);

// The same for documents with attributes and embeds (changes of inserts).
Change diff(const Change& from, const Change& to);

}  // namespace tutti::ot
