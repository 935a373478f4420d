// ot_vectors/check_case.hpp: one case of a rich-text vector file, checked.
//
// A case holds a document and changes as Quill Deltas, and what the stock library makes of them: results as documents,
// and as operations, which must be equal in canonical form. See docs/OT.md, "Vectors".
#pragma once

#include <string>

#include "ot/value.hpp"

namespace tutti::ot_vectors {

struct Outcome {
  enum class Kind { passed, refused, failed };

  Kind kind = Kind::passed;
  std::string message;  // why it failed or was refused
};

// `refused`: a change of the case was refused because it cuts a surrogate pair, and the case does hold such a change.
Outcome check_case(const ot::Value& vector);

}  // namespace tutti::ot_vectors
