// ot/model/generate.hpp: random documents and changes.
#pragma once

#include <cstddef>
#include <string>

#include "ot/change.hpp"
#include "ot/model/chooser.hpp"
#include "ot/model/reference.hpp"

namespace tutti::ot_model {

struct Shape {
  bool rich = true;            // attributes and embeds
  bool astral = true;          // characters above U+FFFF
  std::size_t pieces_max = 5;  // of a document, or edits of a change
  std::size_t piece_max = 6;   // characters of an insert, units of a delete
};

std::string random_text(Chooser& choose, std::size_t characters_max, const Shape& shape);
ot::Attributes random_attributes(Chooser& choose, bool nulls);
ot::Change random_document(Chooser& choose, const Shape& shape);
// A change that fits the document and cuts no surrogate pair of it.
ot::Change random_change(Chooser& choose, const Cells& document, const Shape& shape);

}  // namespace tutti::ot_model
