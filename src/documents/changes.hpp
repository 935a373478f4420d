// documents/changes.hpp: the wire forms of a change (docs/PROTOCOL.md, "Changes") to a checked ot::Change, and back.
//
// Read: the compact array, Quill's {"ops": [...]}, or the simple form (one object or an array of them); never mixed.
// Written: always canonical and compact.
#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "codec/value.hpp"
#include "codec/writer.hpp"
#include "documents/errors.hpp"
#include "documents/limits.hpp"
#include "documents/type.hpp"

namespace tutti::documents {

struct ReadChange {
  Change change;
  std::size_t base_length = 0;  // units of the document walked over, trailing retains included
};
// Errors: invalid_operation, or too_large (bytes as compact JSON, number of components).
Result<ReadChange, Error> read_change(const codec::Value& value, const Limits& limits);

// A whole document: a string, or a change of inserts in any of the forms. Errors as above, and invalid_operation for a
// change that is no document.
Result<Change, Error> read_document(const codec::Value& value, const Limits& limits);

void write_change(codec::ValueWriter& writer, const Change& change);

Error change_error(ot::ChangeError error);

}  // namespace tutti::documents
