// ot_vectors/delta_json.hpp: a Quill Delta, as an array of operations in JSON, to a change and back.
#pragma once

#include "base/result.hpp"
#include "ot/change.hpp"
#include "ot/change_builder.hpp"
#include "ot/value.hpp"

namespace tutti::ot_vectors {

// Nullopt in place of a change: not an array of operations at all.
Result<ot::Change, ot::ChangeError> change_from(const ot::Value& operations);

// An array of operations, each {insert|retain|delete, attributes?}.
ot::Value to_value(const ot::Change& change);

}  // namespace tutti::ot_vectors
